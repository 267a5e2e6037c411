import type { ArtifactRef } from './artifact.ts';
import type { RunConfig } from './config.ts';
import type { Distilled, Reference } from './distillation.ts';
import type { ErrorCode } from './errors.ts';
import type { Comparison, Estimate } from './evaluation.ts';
import type { Try } from './tries.ts';
import type { Rival, Verdict } from './verdict.ts';

/** The stages of a run, in order. */
export const stages = [
  'inspect',
  'split',
  'estimate',
  'access',
  'upload',
  'train',
  'warmup',
  'evaluate',
  'gate',
  'promote',
  'report',
] as const;
export type Stage = (typeof stages)[number];

/** `parked`: it waits for a person's answer to its {@link Question}. */
export type RunStatus =
  | 'running'
  | 'paused'
  | 'parked'
  | 'cancelling'
  | 'retraining'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** What a parked run asks a person, because the answer costs money and the platform leaves it in doubt. */
export interface Question {
  code: ErrorCode;
  /** What is known. */
  message: string;
  choices: Choice[];
  /** ISO time until which an answer is waited for; absent where that is for ever. */
  deadline?: string;
}

/** Who has answered a question, and what there is to say of it. */
export interface DecidedBy {
  by?: string;
  comment?: string;
}

export interface Decided extends DecidedBy {
  choice: string;
}

/** What has become of a run's model in the registry. */
export interface Registered {
  name: string;
  version: number;
  /** Whether it is the champion now. */
  promoted: boolean;
  approvedBy?: string;
  comment?: string;
}

export interface Choice {
  /** What the update `decide` is given. */
  name: string;
  /** What the run does then, as a sentence. */
  does: string;
}

/** The run that a retraining continues. */
export interface ParentRun {
  name: string;
  /** Temporal's id of that execution; unknown when only the name was given. */
  runId?: string;
  /** The model it left behind, when it left one. */
  model?: string;
}

/** What the workflow `fineTune` is started with. */
export interface FineTuneInput {
  config: RunConfig;
  /** 1 for the first run of a chain, one more for each `retrain`; part of the key that makes every remote create unique. */
  attempt: number;
  parent?: ParentRun;
  /** Where its training data were answered by another model. */
  distilled?: Distilled;
  /** Recorded for the comparison before the run has begun. */
  reference?: Reference;
  /** What either has cost, US dollars. */
  askedUsd?: number;
}

/** Training metrics as last seen; losses in nats a token, accuracies in [0, 1]. */
export interface TrainingMetrics {
  step: number;
  totalSteps?: number;
  trainLoss?: number;
  trainAccuracy?: number;
  validLoss?: number;
  validAccuracy?: number;
  /** Means of the grader's scores, by reinforcement. */
  trainReward?: number;
  validReward?: number;
}

/** How far the stage under way has come, from the last heartbeat of its activity. */
export interface StageProgress {
  done?: number;
  total?: number;
  unit?: 'bytes' | 'steps' | 'examples';
  metrics?: TrainingMetrics;
  /** The platform's own word for the job's state. */
  platformStatus?: string;
  /** ISO time at which the platform expects the job to end. */
  estimatedFinish?: string;
  message?: string;
  /** Its place among those that wait for a job slot, from 1, and how many wait. */
  queue?: { position: number; of: number };
  /** What the last attempt failed with, while the server waits to try again. */
  trouble?: string;
}

/** Money in US dollars; what is unknown is absent, never zero. */
export interface Cost {
  estimatedUsd?: number;
  trainingUsd?: number;
  evaluationUsd?: number;
  /** Of deployments that stood for the evaluation. */
  hostingUsd?: number;
  /** Before the run began, for answers of the model that it replaces: to learn from, and to be compared with. */
  askedUsd?: number;
  /** Date of the prices used, YYYY-MM-DD. */
  pricesOf?: string;
  /** True when the platform is a simulation and nobody was billed. */
  simulated: boolean;
}

export interface DataSummary {
  /** `trainedTokens`: of the tokens those within what the model reads at once; all when absent. */
  train: { examples: number; tokens: number; trainedTokens?: number };
  validation: { examples: number; tokens: number };
  /** `seen`: held-out examples that training asks too; 0 when absent. */
  test: { examples: number; tokens: number; answerTokens: number; seen?: number };
  /** What the checks warned of, a sentence each; never quotes the data. */
  warnings: string[];
}

/** The platform's side of a run. */
export interface JobSummary {
  id: string;
  platformStatus: string;
  /** The job on the platform's own page, where it has one. */
  url?: string;
  trainedTokens?: number;
  /** What it has cost, US dollars, where the platform bills time and not tokens. */
  trainingUsd?: number;
  model?: string;
}

/** `refused`: the platform did not stop the job, which trains to its end. */
export interface EarlyStop {
  state: 'stopping' | 'stopped' | 'refused';
  /** What was seen, and by what rule, as sentences. */
  why: string;
}

export interface StageTiming {
  stage: Stage;
  /** ISO times; `endedAt` is absent while the stage runs. */
  startedAt: string;
  endedAt?: string;
}

/** Where a run is: the answer of the query `progress`, and the memo that outlives the worker. */
export interface RunProgress {
  name: string;
  runId: string;
  attempt: number;
  parent?: ParentRun;
  status: RunStatus;
  stage: Stage;
  connection: string;
  platform?: string;
  baseModel: string;
  startedAt: string;
  timings: StageTiming[];
  data?: DataSummary;
  /** Of a run that tries several bases or parameters: each of them, in the order of the configuration. */
  tries?: Try[];
  /** Where there are tries, that of the one with which the run goes on. */
  job?: JobSummary;
  /** The model that is judged and, where it passes, promoted: the job's own or one of its checkpoints. Known from the evaluation on. */
  model?: string;
  /** Set once training was seen to overfit, where the run stops early. */
  earlyStop?: EarlyStop;
  /** Deployments of this run that stand and are paid by the hour. */
  deployments?: { name: string; model: string; hourlyUsd?: number }[];
  cost: Cost;
  scores?: { base: Estimate; tuned: Estimate; difference: Estimate };
  /** What the gate says, without its single rules. */
  verdict?: Pick<Verdict, 'decision' | 'says'>;
  registered?: Registered;
  /** The report as JSON. */
  report?: ArtifactRef;
  /** Set while the run is parked. */
  question?: Question;
  /** Why it was cancelled or failed, and what to do. */
  reason?: { code: ErrorCode; message: string; advice?: string };
  /** Filled in by the client from the running activity's heartbeat. */
  live?: StageProgress;
}

/** What a successful run returns. */
export interface RunResult {
  name: string;
  runId: string;
  model: string;
  job: JobSummary;
  /** Where several bases or parameters were tried: each of them. */
  tries?: Try[];
  /** With the base model. */
  comparison: Comparison;
  /** With each model that it was compared with, the base model first. */
  rivals: Rival[];
  verdict: Verdict;
  /** Where the run names a registered model. */
  registered?: Registered;
  cost: Cost;
  report: ArtifactRef;
}

/** What is kept for a cancelled run. */
export interface CancelRequest {
  reason: string;
}

/** What changes in a retraining; fields that are absent stay as they were. */
export interface RetrainChanges {
  data?: Partial<RunConfig['data']>;
  hyperparameters?: Partial<RunConfig['hyperparameters']>;
  seed?: number;
  model?: string;
}

export interface RetrainRequest {
  changes: RetrainChanges;
  /** `stop` cancels the job under way at the platform; `keep` lets the run finish and keeps its result first. */
  currentJob: 'stop' | 'keep';
}

/** What the gateway tells a run when a verified webhook names its job. */
export interface JobChanged {
  eventId: string;
  jobId: string;
  type: string;
}
