import type { Method } from '../../contract/config.ts';
import type { GraderConfig } from '../../contract/graders.ts';
import type { TrainingMetrics } from '../../contract/run.ts';

export interface JobSpec {
  /** Makes the job findable: no two jobs ever carry the same. */
  key: string;
  /** The workflow id, for people who look at the platform's own page. */
  runName: string;
  model: string;
  trainingFileId: string;
  validationFileId?: string | undefined;
  method: Method;
  hyperparameters: {
    epochs: number | 'auto';
    batchSize: number | 'auto';
    learningRateMultiplier: number | 'auto';
    /** Of `dpo` alone; `auto` when absent. */
    beta?: number | 'auto' | undefined;
    /** Of `reinforcement` alone; `auto` when absent. */
    computeMultiplier?: number | 'auto' | undefined;
  };
  /** Of `reinforcement` alone. */
  reward?: Reward | undefined;
  seed: number;
  suffix?: string | undefined;
}

/** What a model that learns by reinforcement tries, and is rewarded by. */
export interface Reward {
  grader: GraderConfig;
  /** Longer answers are cut, as in the evaluation. */
  maxOutputTokens: number;
}

/** How models learn by reinforcement at a connection. */
export interface Reinforcement {
  /** Why nothing can be learnt from what this grader says, as a sentence; undefined where it can. */
  objection(grader: GraderConfig): string | undefined;
  /** Answers to each question, before the run's multiplier; absent where the platform does not tell. */
  answers?: number | undefined;
}

export interface JobQuery {
  key: string;
  trainingFileIds: readonly string[];
  /** Milliseconds since the epoch: no job of this run can be older. */
  since: number;
}

/** The states that matter to a run. A state this software does not know is `unknown` and never taken for an end. */
export type JobState = 'waiting' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

export interface RemoteJob {
  id: string;
  state: JobState;
  /** The platform's own word. */
  platformStatus: string;
  /** Null until the platform names it, which can be a while after `succeeded`. */
  model: string | null;
  trainedTokens?: number | undefined;
  /** What it has cost, US dollars, where the platform bills time and not tokens. */
  trainingUsd?: number | undefined;
  /** ISO time. */
  estimatedFinish?: string | undefined;
  /** Set only when the job really failed. */
  error?: { code: string; message: string; param?: string | undefined } | undefined;
  trainingFileId: string;
}

export interface JobEvent {
  id: string;
  /** ISO time. */
  at: string;
  level: 'info' | 'warn' | 'error';
  message: string;
  metrics?: TrainingMetrics | undefined;
}

export interface Checkpoint {
  model: string;
  step: number;
  metrics: TrainingMetrics;
}

/** Making, finding and steering jobs, and what they tell. */
export interface JobMethods {
  /** Every job that carries the key, or trains on one of the files and is not older than `since`, but for the clocks' slack; all pages are read. */
  findJobs(query: JobQuery, signal?: AbortSignal): Promise<RemoteJob[]>;
  createJob(spec: JobSpec, signal?: AbortSignal): Promise<RemoteJob>;
  /** Changes nothing. */
  getJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  /** Makes the model of a job that has succeeded and names none, unless that is made already; absent where jobs name theirs. */
  makeModel?(jobId: string, signal?: AbortSignal): Promise<void>;
  cancelJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  pauseJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  resumeJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  /** The newest events first, back to the one named (exclusive). */
  newEvents(jobId: string, lastSeenId: string | undefined, signal?: AbortSignal): Promise<JobEvent[]>;
  listCheckpoints(jobId: string, signal?: AbortSignal): Promise<Checkpoint[]>;
  /** The whole training curve, in order of steps; empty when the platform keeps none. */
  trainingCurve(jobId: string, signal?: AbortSignal): Promise<TrainingMetrics[]>;
  /** The job on the platform's own page, where it has one. */
  jobUrl(jobId: string): string | undefined;
}
