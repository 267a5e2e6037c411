import type { Classifier } from './classifier.ts';
import type { Objective } from './classifier-learner.ts';
import type { Sample } from './examples.ts';
import type { Reward } from './reward.ts';
import { sampleOf, type TrainingSet } from './training-set.ts';

/** Of a step, times the log of the number of classes: answers are told apart by much less than one that is shown. */
const RATE = 2.4;
/** Where all answers are as good there is nothing to learn. */
const LEAST_SPREAD = 1e-4;

/**
 * Reinforcement: a policy gradient, exact, since a classifier's answers can all be tried and weighed by their probabilities. As in
 * GRPO an answer counts by how far its reward is from the mean of the answers to the same question, over their spread. The
 * `accuracy` is that mean.
 */
export function policy(model: Classifier, set: TrainingSet, reward: Reward): Objective<Float64Array> {
  const rewardsOf = ({ item = {} }: Sample) => Float64Array.from(model.labels, (answer) => reward.score(item, answer));
  const known = new Map<number, Float64Array>();
  return {
    rate: RATE * Math.log(Math.max(2, model.labels.length)),
    goalOf: rewardsOf,
    goalOfRow(row) {
      const rewards = known.get(row) ?? rewardsOf(sampleOf(set, row));
      known.set(row, rewards);
      return rewards;
    },
    derive(logits, rewards) {
      const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
      let sum = 0;
      for (let at = 0; at < logits.length; at++) sum += logits[at] = Math.exp((logits[at] ?? 0) - highest);
      let [mean, square] = [0, 0];
      for (let at = 0; at < logits.length; at++) {
        logits[at] = (logits[at] ?? 0) / sum;
        mean += (logits[at] ?? 0) * (rewards[at] ?? 0);
        square += (logits[at] ?? 0) * (rewards[at] ?? 0) ** 2;
      }
      const spread = Math.sqrt(Math.max(0, square - mean ** 2)) + LEAST_SPREAD;
      for (let at = 0; at < logits.length; at++)
        logits[at] = (-(logits[at] ?? 0) * ((rewards[at] ?? 0) - mean)) / spread;
      return { loss: -mean, accuracy: mean };
    },
  };
}
