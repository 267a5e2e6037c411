import { type Classifier, classLogits } from './classifier.ts';
import type { Objective } from './classifier-learner.ts';
import { createJudge, scoreEvidence } from './evidence.ts';
import type { Sample } from './examples.ts';
import type { Score } from './learner.ts';
import type { TunedModel } from './model.ts';
import { nearest } from './neighbours.ts';
import { sampleOf, type TrainingSet } from './training-set.ts';
import type { Preference } from './types.ts';

/**
 * Of a step, times the log of the number of classes, which is about how far a trained class stands above the others: so far
 * have pairs to move it. Pairs hold no other answers up, and much larger steps would drown these.
 */
const RATE = 0.28;

/** Direct preference optimisation against a model that stays as it is. */
export interface Compared extends Preference {
  /** By how much (in nats) that model finds a pair's preferred answer likelier than the other. */
  margin(pair: Sample): number;
}

/** What a classifier is to do with a pair: raise one class above another; -1 for an answer that it does not have. */
interface PairGoal {
  preferred: number;
  rejected: number;
  /** The margin of the model compared with. */
  margin: number;
}

/**
 * The loss -log(sigmoid(beta * gained)) of a pair whose margin has `gained` so much (in nats) on the model compared with.
 * `pull` is minus its derivative by the gain, over beta: as under an optimiser that does not mind how large a gradient is, with
 * which this is usually done, beta then tells how far the model goes from where it was, and not how fast.
 */
export function preferenceScore(gained: number, beta: number): Score & { pull: number } {
  // Weights out of bounds would look like a pair that is learnt for ever.
  if (!Number.isFinite(gained)) return { loss: Number.NaN, accuracy: 0, pull: 0 };
  const scaled = beta * gained;
  const small = Math.exp(-Math.abs(scaled));
  const pull = scaled > 0 ? small / (1 + small) : 1 / (1 + small);
  return { loss: Math.max(0, -scaled) + Math.log1p(small), accuracy: gained > 0 ? 1 : 0, pull };
}

/** Margins of a model: 0 for a base, which knows no answer, and an answer it does not have counts as never moved. */
export function compareWith(model: TunedModel | undefined, { beta }: Preference): Compared {
  if (!model) return { beta, margin: () => 0 };
  if (model.kind === 'neighbours') {
    const judge = createJudge();
    const lossOf = ({ input }: Sample, completion: string) =>
      scoreEvidence(judge(model, nearest(model, input), completion), model.sharpness).loss;
    return { beta, margin: (pair) => lossOf(pair, pair.rejected ?? '') - lossOf(pair, pair.completion) };
  }
  const classOf = new Map(model.labels.map((label, at) => [label, at]));
  const logits = new Float64Array(model.labels.length);
  const logitOf = (completion = '') => logits[classOf.get(completion) ?? -1] ?? 0;
  return {
    beta,
    margin({ input, completion, rejected }) {
      classLogits(model, input, logits);
      return logitOf(completion) - logitOf(rejected);
    },
  };
}

/**
 * Pairs: the preferred answer's class is to gain on the other's. The difference of two logits is that of their logarithmic
 * probabilities, so that this is the loss of the paper; the classes of other answers stay as they are.
 */
export function preference(model: Classifier, set: TrainingSet, compared: Compared): Objective<PairGoal> {
  const classOf = new Map(model.labels.map((label, at) => [label, at]));
  const goalOf = (pair: Sample): PairGoal => ({
    preferred: classOf.get(pair.completion) ?? -1,
    rejected: classOf.get(pair.rejected ?? '') ?? -1,
    margin: compared.margin(pair),
  });
  const goals = set.inputs.map((_, row) => goalOf(sampleOf(set, row)));
  return {
    rate: RATE * Math.log(Math.max(2, model.labels.length)),
    goalOfRow: (row) => goals[row] as PairGoal,
    goalOf,
    derive(logits, { preferred, rejected, margin }) {
      const gained = (logits[preferred] ?? 0) - (logits[rejected] ?? 0) - margin;
      const { loss, accuracy, pull } = preferenceScore(gained, compared.beta);
      logits.fill(0);
      // The same answer on both sides teaches nothing.
      if (preferred !== rejected) {
        logits[preferred] = -pull;
        logits[rejected] = pull;
      }
      return { loss, accuracy };
    },
  };
}
