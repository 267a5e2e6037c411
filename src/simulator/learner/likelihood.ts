import type { Classifier } from './classifier.ts';
import type { Objective } from './classifier-learner.ts';
import { PROBABILITY_FLOOR, type Score } from './learner.ts';
import type { TrainingSet } from './training-set.ts';

const { exp } = Math;

/**
 * Of a step, times the root of the loss at the start (the log of the number of classes): one rate for all would overshoot
 * with 2 classes or crawl with 77.
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

/** Supervised training: each example's completion is to be the likeliest class. */
export function likelihood(model: Classifier, set: TrainingSet): Objective<number> {
  const classOf = new Map(model.labels.map((label, at) => [label, at]));
  const wanted = set.completions.map((completion) => classOf.get(completion) ?? -1);
  return {
    rate: RATE * Math.sqrt(Math.log(Math.max(2, model.labels.length))),
    goalOfRow: (row) => wanted[set.targets[row] ?? 0] ?? -1,
    goalOf: ({ completion }) => classOf.get(completion) ?? -1,
    derive: scoreAndDerive,
  };
}
