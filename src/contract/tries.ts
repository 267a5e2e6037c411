import type { RunConfig } from './config.ts';
import type { ErrorCode } from './errors.ts';
import type { Estimate } from './evaluation.ts';
import type { EarlyStop, JobSummary, Question, StageProgress, TrainingMetrics } from './run.ts';

/** The workflow type that trains one try of a run. */
export const tryType = 'trainTry';

/** Its workflow id: no run's name holds a dot. */
export function tryWorkflow(run: string, number: number): string {
  return `${run}.try-${number}`;
}

/** `waiting`: it has no job yet. `trained`: its job has left a model, or checkpoints. */
export type TryStatus = 'waiting' | 'training' | 'trained' | 'failed' | 'cancelled';

/** One of the bases or parameters that a run tries, and what has become of it. */
export interface Try {
  name: string;
  /** The id of the workflow that trains it. */
  workflow: string;
  baseModel: string;
  hyperparameters: RunConfig['hyperparameters'];
  seed: number;
  status: TryStatus;
  job?: JobSummary;
  /** Where the run asks for it: why its job was stopped before its end, or would have been. */
  earlyStop?: EarlyStop;
  /** The last losses of its training. */
  metrics?: TrainingMetrics;
  /** The model that was asked: of a job that was stopped early its best checkpoint. */
  model?: string;
  /** Of its model on the validation examples, with a 95% interval. */
  score?: Estimate;
  /** Validation examples asked. */
  asked?: number;
  /** US dollars; what is unknown is absent. */
  cost: { estimatedUsd: number; trainingUsd?: number; evaluationUsd?: number };
  /** Whether the run went on with it; absent until that is known. */
  chosen?: boolean;
  /** Why, or why it was left out, as a sentence. */
  says?: string;
  /** What keeps its job from being seen stopped: it may still cost. */
  trouble?: string;
  /** Filled in by the client from its workflow: the heartbeat, and what it asks a person. */
  live?: StageProgress;
  question?: Question;
}

/** What the workflow of a try returns: it never fails, since its run goes on with the others. */
export interface TryEnd {
  status: Extract<TryStatus, 'trained' | 'failed' | 'cancelled'>;
  job?: JobSummary;
  earlyStop?: EarlyStop;
  trainingUsd?: number;
  reason?: { code: ErrorCode; message: string };
  trouble?: string;
}

/** The tries of a run, each with its configuration; of a run that tries nothing there are none. */
export function triesOf({ tries = [], ...run }: RunConfig): { name: string; config: RunConfig }[] {
  return tries.map(({ name, model, hyperparameters, seed }, at) => ({
    name: name ?? `try-${at + 1}`,
    config: {
      ...run,
      model: model ?? run.model,
      hyperparameters: { ...run.hyperparameters, ...hyperparameters },
      seed: seed ?? run.seed,
    },
  }));
}

/** The base models that a run trains, each once. */
export function basesOf(config: RunConfig): string[] {
  const tries = triesOf(config);
  return tries.length === 0 ? [config.model] : [...new Set(tries.map((one) => one.config.model))];
}
