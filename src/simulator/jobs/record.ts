import type { Method } from '../catalogue.ts';
import type { JobFault } from '../faults/rules.ts';
import type { RewardGrader, StepMetrics } from '../learner/index.ts';
import type { StoredRecord } from '../store.ts';

/** Hyperparameters as a client gives them. */
export interface RequestedHyperparameters {
  n_epochs: number | 'auto';
  batch_size: number | 'auto';
  learning_rate_multiplier: number | 'auto';
  /** Of `dpo` alone. */
  beta?: number | 'auto';
  /** Of `reinforcement` alone; the simulation tries all answers, whatever it is. */
  compute_multiplier?: number | 'auto';
}

/** Where a job stands. */
type JobStatus = 'validating_files' | 'queued' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled';

/** A fine-tuning job as kept in the store. Times in ms of the platform's clock. */
export interface JobRecord extends StoredRecord {
  /** Model as named by the job: a base model's id or a tuned model. */
  model: string;
  /** Base model's id. */
  base: string;
  trainingFile: string;
  validationFile: string | null;
  suffix: string | null;
  seed: number;
  metadata: Record<string, string> | null;
  method: Method;
  /** Of `reinforcement` alone. */
  grader?: RewardGrader;
  /** `auto` is replaced by a number once the files are checked. */
  hyperparameters: RequestedHyperparameters;
  status: JobStatus;
  finishedMs: number | null;
  error: { code: string; message: string; param: string | null } | null;
  /** Billable tokens of one epoch; null until the files are checked. */
  epochTokens: number | null;
  /** Not started before this time. */
  queueUntilMs: number;
  /** Least time of the whole training. */
  trainingMs: number;
  /** Training time before the last pause. */
  trainedMs: number;
  /** When training (again) began; null while it does not run. */
  runningSinceMs: number | null;
  totalSteps: number;
  /** The last step that clients have seen. */
  shownStep: number;
  /** Final weights, relative to the data folder, once the learner is done. */
  weights: string | null;
  /** Name of the model the job makes. */
  tunedModel: string;
  /** `fine_tuned_model` is shown from this time on. */
  nameFromMs: number;
  trainedTokens: number | null;
  resultFiles: string[];
  fault: JobFault | null;
}

/** A measured step, kept until the job ends. */
export interface StepRecord extends StoredRecord {
  metrics: StepMetrics;
}

/** Weights at the end of an epoch, kept until the job ends. */
export interface EpochRecord extends StoredRecord {
  step: number;
  /** Relative to the data folder. */
  weights: string;
  metrics: StepMetrics;
}

/** A checkpoint that clients see. */
export interface CheckpointRecord extends StoredRecord {
  jobId: string;
  model: string;
  step: number;
  metrics: Record<string, number>;
}

/** An event in a job's life. */
export interface EventRecord extends StoredRecord {
  level: 'info' | 'warn' | 'error';
  message: string;
  type: string;
  data: Record<string, unknown>;
}

/** Whether nothing more happens to a job. */
export function isTerminal(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
