import type { ArtifactRef } from '../contract/artifact.ts';
import type { RunConfig } from '../contract/config.ts';
import type { Distilled } from '../contract/distillation.ts';
import type {
  Cost,
  DataSummary,
  EarlyStop,
  JobSummary,
  ParentRun,
  Registered,
  StageTiming,
  TrainingMetrics,
} from '../contract/run.ts';
import type { Try } from '../contract/tries.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { ComparedModels } from './compare.ts';

/** Everything worth keeping of a run that succeeded: stored as JSON, shown to people as HTML and as Markdown. */
export interface RunReport extends ComparedModels {
  run: { name: string; runId: string; attempt: number; parent?: ParentRun };
  /** ISO times. */
  startedAt: string;
  endedAt: string;
  connection: string;
  platform: string;
  /** True when the platform is a simulation and nobody was billed. */
  simulated: boolean;
  baseModel: string;
  /** The tuned model. */
  model: string;
  job: JobSummary;
  /** Where the job was to be stopped because it overfitted. */
  earlyStop?: EarlyStop;
  config: RunConfig;
  /** Where its training data were answered by another model. */
  distilled?: Distilled;
  data: DataSummary;
  /** The files the run worked with, after the split. */
  sources: { train: ArtifactRef; validation?: ArtifactRef; test: ArtifactRef };
  cost: Cost;
  /** What the gate says. */
  verdict: Verdict;
  training: {
    /** In order of steps. */
    curve: TrainingMetrics[];
    checkpoints?: { model: string; step: number; metrics: TrainingMetrics }[];
  };
  /** Where several bases or parameters were tried: each of them; `job` and `config` are those of the chosen one. */
  tries?: Try[];
  /** Which checkpoint was taken and by what rule, as a sentence. */
  checkpoint?: {
    chosen: string;
    why: string;
    candidates: { model: string; step: number; validLoss?: number; score?: number }[];
  };
  /** The version that the tuned model became; `champion` is the one in service before it. */
  registered?: Registered & { champion?: { version: number; model: string } };
  timings: StageTiming[];
}
