import type { ArtifactRef } from './artifact.ts';
import type { Method } from './config.ts';
import type { JobSummary, TrainingMetrics } from './run.ts';

/**
 * All that can be had of a tuned model while its platform still has it, packed into the artifact store: what it takes to
 * make the model again elsewhere, and to show that the new one is no worse. The artifact is this as JSON.
 */
export interface EscapeKit {
  connection: string;
  platform: string;
  /** The platform's id of the tuned model. */
  modelId: string;
  baseModel: string;
  method: Method;
  /** Absent where the platform no longer knows it. */
  job?: JobSummary;
  /** By the names of a run's configuration; what it has no name for by the platform's. */
  hyperparameters: Record<string, number | 'auto'>;
  seed?: number;
  suffix?: string;
  /** The instructions that its training examples share, where they do. */
  systemPrompt?: string;
  /** JSON lines as the platform holds them. */
  train?: ArtifactRef & { examples: number };
  validation?: ArtifactRef & { examples: number };
  /**
   * Examples that were set aside, with the answers of the data set: the validation file, or examples that a person gave.
   * Where neither is had they were part of the training, and `heldOutSeen` says so: what they show is worth less.
   */
  heldOut?: ArtifactRef & { examples: number };
  heldOutSeen?: boolean;
  /** The model's own answers to them: JSON lines, one `Prediction` an example, recorded while it lives. */
  answers?: ArtifactRef;
  curve: TrainingMetrics[];
  /** Of the training, where the platform still names any. */
  checkpoints?: { model: string; step: number; metrics: TrainingMetrics }[];
  /** Result files as the platform gave them. */
  results: ArtifactRef[];
  /** What could not be had any more, a sentence each. */
  gone: string[];
  /** ISO time. */
  packedAt: string;
}
