import { type Classifier, classLogits } from './classifier.ts';
import { type Learner, PROBABILITY_FLOOR, type Score } from './learner.ts';
import type { TrainingSet } from './training-set.ts';

const { exp } = Math;

/**
 * Of a step over one example, times the root of the loss at the start (the log of the number of classes): one rate for
 * all would overshoot with 2 classes or crawl with 77. A batch's step grows with the root of its size.
 */
const RATE = 2.4;

/**
 * Scores logits against the wanted class, and turns them into the loss's gradient: probabilities, less 1 at that class.
 * A class of -1 is one the model does not have.
 */
function scoreAndDerive(logits: Float64Array, wanted: number): Score {
  let best = 0;
  for (let at = 1; at < logits.length; at++) if ((logits[at] ?? 0) > (logits[best] ?? 0)) best = at;
  const highest = logits[best] ?? 0;
  const distance = highest - (logits[wanted] ?? 0);
  let sum = 0;
  for (let at = 0; at < logits.length; at++) {
    const grown = exp((logits[at] ?? 0) - highest);
    logits[at] = grown;
    sum += grown;
  }
  for (let at = 0; at < logits.length; at++) logits[at] = (logits[at] ?? 0) / sum;
  if (wanted < 0) return { loss: -Math.log(PROBABILITY_FLOOR), accuracy: 0 };
  logits[wanted] = (logits[wanted] ?? 0) - 1;
  return { loss: Math.log(sum) + distance, accuracy: best === wanted ? 1 : 0 };
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

/** Trains a classifier in place; each completion of the set must be one of its labels. */
export function classifierLearner(model: Classifier, set: TrainingSet): Learner {
  const classes = model.labels.length;
  const classRate = RATE * Math.sqrt(Math.log(Math.max(2, classes)));
  const classOf = new Map(model.labels.map((label, at) => [label, at]));
  const wantedClass = set.completions.map((completion) => classOf.get(completion) ?? -1);
  let gradients = new Float64Array(0);
  return {
    examples: set.inputs.length,
    trainBatch(rows, rate) {
      if (gradients.length < rows.length * classes) gradients = new Float64Array(rows.length * classes);
      const total = { loss: 0, accuracy: 0 };
      rows.forEach((row, at) => {
        const gradient = gradients.subarray(at * classes, (at + 1) * classes);
        classLogits(model, set.inputs[row] ?? new Uint16Array(), gradient);
        const score = scoreAndDerive(gradient, wantedClass[set.targets[row] ?? 0] ?? -1);
        total.loss += score.loss;
        total.accuracy += score.accuracy;
      });
      const step = (classRate * rate) / Math.sqrt(rows.length);
      rows.forEach((row, at) => {
        const gradient = gradients.subarray(at * classes, (at + 1) * classes);
        descend(model, set.inputs[row] ?? new Uint16Array(), gradient, step);
      });
      return total;
    },
    evaluate({ input, completion }) {
      const logits = new Float64Array(classes);
      classLogits(model, input, logits);
      return scoreAndDerive(logits, classOf.get(completion) ?? -1);
    },
    model: () => model,
  };
}
