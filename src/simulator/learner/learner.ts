import type { Sample } from './examples.ts';
import type { TunedModel } from './model.ts';

/** How well an answer fits: `loss` in nats, `accuracy` from 0 to 1. */
export interface Score {
  loss: number;
  accuracy: number;
}

/** A model in training. */
export interface Learner {
  /** Examples in the training set. */
  examples: number;
  /**
   * One step of gradient descent over the examples with these numbers, at `rate` times the learner's own rate.
   * Returns the sum of the examples' scores before the step.
   */
  trainBatch(rows: Uint32Array, rate: number): Score;
  /** The score of an example that need not be in the training set. */
  evaluate(sample: Sample): Score;
  /** The model as it stands; not a copy. */
  model(): TunedModel;
}

/** The probability granted to a completion that the model cannot give, so that its loss stays finite. */
export const PROBABILITY_FLOOR = 1e-6;
