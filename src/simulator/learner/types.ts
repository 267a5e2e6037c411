import type { RewardGrader } from './reward.ts';

/** A chat message as a client or a training file writes it; fields not named here are tolerated and ignored. */
export interface ChatMessage {
  role: string;
  content?: string | null | Array<{ type: string; text?: string }>;
  tool_calls?: unknown;
}

/** What a job sets; epochs and batch size are whole and at least 1. `learningRateMultiplier` scales the learner's own rate, for which 1 is sound. */
export interface Hyperparameters {
  nEpochs: number;
  batchSize: number;
  learningRateMultiplier: number;
  seed: number;
}

/** Direct preference optimisation (arxiv.org/abs/2305.18290). */
export interface Preference {
  /** Above 0: the higher, the closer the model stays to the one that the training starts from. */
  beta: number;
}

/**
 * Measured at one step. Losses are mean negative log-likelihoods in nats, accuracies shares from 0 to 1. Of preferences
 * the loss is that of choosing the preferred answer, ln 2 as long as nothing has moved, and the accuracy the share of pairs
 * in which that answer has gained on the other. Of rewards the accuracy is their mean, and the loss that with its sign turned.
 * `train*` is the mean over the examples since the last report, each seen before the update it caused; `valid*` comes
 * from a sample of the validation file, `full*` from all of it and only at the end of an epoch, both after the update.
 */
export interface StepMetrics {
  step: number;
  totalSteps: number;
  trainLoss: number;
  trainAccuracy: number;
  validLoss?: number;
  validAccuracy?: number;
  fullValidLoss?: number;
  fullValidAccuracy?: number;
}

/** A training to run; every path is a file or folder on this machine. */
export interface TrainRequest {
  /** Chat JSONL, pairs of answers for a preference, or questions for a grader; read as a stream. */
  trainFile: string;
  /** The same, read as a stream. */
  validationFile?: string;
  hyperparameters: Hyperparameters;
  /** Learns which of two answers is preferred, rather than what to answer. */
  preference?: Preference;
  /** Learns from what this says of its answers to questions. */
  grader?: RewardGrader;
  /**
   * Weights of an earlier tuned model to go on from, for a preference also the model compared with; of a classifier
   * nothing is kept when this file is free text.
   */
  startFrom?: string;
  /** Where the weights of each epoch go, as `epoch-N.weights`; made if missing. */
  checkpointDir: string;
  /** A file of an earlier `checkpoint` event of this same request: training goes on after its epoch. */
  resumeFrom?: string;
  /** Least wall time of the whole training in milliseconds, spread evenly over its steps. */
  paceMs?: number;
}

/** What a training's thread is told; `flag` is what pauses it, see `createPacer`. */
export interface TrainOrder {
  request: TrainRequest;
  flag: Int32Array;
}

/** What a training reports, in order; `done` or `error` is the last, unless the training was stopped. */
export type TrainEvent =
  | { type: 'step'; metrics: StepMetrics }
  | { type: 'checkpoint'; epoch: number; step: number; file: string; metrics: StepMetrics }
  | { type: 'done'; file: string; examples: number; metrics: StepMetrics }
  | { type: 'error'; message: string; line?: number };
