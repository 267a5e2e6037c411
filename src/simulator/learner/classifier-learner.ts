import { type Classifier, classLogits } from './classifier.ts';
import type { Sample } from './examples.ts';
import type { Learner, Score } from './learner.ts';

/** What a classifier learns; a goal is what is wanted of an example's logits. */
export interface Objective<Goal> {
  /** Of a step over one example; a batch's step grows with the root of its size. */
  rate: number;
  /** The goal of an example of the training set. */
  goalOfRow(row: number): Goal;
  /** The goal of an example that need not be in the training set. */
  goalOf(sample: Sample): Goal;
  /** Scores logits by a goal, and turns them into the loss's gradient. */
  derive(logits: Float64Array, goal: Goal): Score;
}

function descend(model: Classifier, input: Uint16Array, gradient: Float64Array, rate: number): void {
  const { weights, bits } = model;
  const classes = model.labels.length;
  const mask = 2 ** bits - 1;
  const step = rate / Math.sqrt(Math.max(1, input.length));
  for (const id of input) {
    const row = (id & mask) * classes;
    for (let at = 0; at < classes; at++) weights[row + at] = (weights[row + at] ?? 0) - step * (gradient[at] ?? 0);
  }
}

/** Trains a classifier in place on the inputs of a training set. */
export function classifierLearner<Goal>(
  model: Classifier,
  inputs: readonly Uint16Array[],
  objective: Objective<Goal>,
): Learner {
  const classes = model.labels.length;
  let gradients = new Float64Array(0);
  return {
    examples: inputs.length,
    trainBatch(rows, rate) {
      if (gradients.length < rows.length * classes) gradients = new Float64Array(rows.length * classes);
      const total = { loss: 0, accuracy: 0 };
      rows.forEach((row, at) => {
        const gradient = gradients.subarray(at * classes, (at + 1) * classes);
        classLogits(model, inputs[row] ?? new Uint16Array(), gradient);
        const score = objective.derive(gradient, objective.goalOfRow(row));
        total.loss += score.loss;
        total.accuracy += score.accuracy;
      });
      const step = (objective.rate * rate) / Math.sqrt(rows.length);
      rows.forEach((row, at) => {
        const gradient = gradients.subarray(at * classes, (at + 1) * classes);
        descend(model, inputs[row] ?? new Uint16Array(), gradient, step);
      });
      return total;
    },
    evaluate(sample) {
      const logits = new Float64Array(classes);
      classLogits(model, sample.input, logits);
      return objective.derive(logits, objective.goalOf(sample));
    },
    model: () => model,
  };
}
