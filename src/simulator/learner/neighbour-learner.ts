import { textFeatures } from './features.ts';
import { type Learner, PROBABILITY_FLOOR, type Score } from './learner.ts';
import {
  MAX_REMEMBERED,
  type Neighbour,
  type Neighbours,
  nearest,
  neighbourShares,
  neighboursOf,
} from './neighbours.ts';
import type { TrainingSet } from './training-set.ts';

/** How likely a neighbour's completion is to stand for the wanted one, 0 to 1, beside its closeness to the question. */
interface Evidence {
  cosine: number;
  fit: number;
}

const RATE = 0.3;
const INITIAL_SHARPNESS = 10;
const LEAST_SHARPNESS = 1;
const GREATEST_SHARPNESS = 200;

/** The cosine of two sets of features. */
function overlap(left: Uint16Array, right: ReadonlySet<number>): number {
  let shared = 0;
  for (const id of left) if (right.has(id)) shared++;
  return shared / Math.sqrt(Math.max(1, left.length * right.size));
}

/**
 * Loss: minus the log of how well the neighbours' completions, by their shares, fit the wanted one. Accuracy: how well
 * the nearest one's does. `slope` is the loss's derivative by the log of the sharpness.
 */
function scoreEvidence(evidence: readonly Evidence[], sharpness: number): Score & { slope: number } {
  const shares = neighbourShares(evidence, sharpness);
  let fit = 0;
  let meanCosine = 0;
  evidence.forEach((each, at) => {
    fit += (shares[at] ?? 0) * each.fit;
    meanCosine += (shares[at] ?? 0) * each.cosine;
  });
  const rise = evidence.reduce((sum, each, at) => sum + (shares[at] ?? 0) * each.fit * (each.cosine - meanCosine), 0);
  const likelihood = Math.max(PROBABILITY_FLOOR, fit);
  return { loss: -Math.log(likelihood), accuracy: evidence[0]?.fit ?? 0, slope: (-sharpness * rise) / likelihood };
}

/** What a training on `set` starts with: the latest of what `earlier` remembers, as much as fits, and then the set. */
export function rememberAlso(set: TrainingSet, earlier?: Neighbours): Neighbours {
  const kept = set.inputs.slice(0, MAX_REMEMBERED);
  const room = MAX_REMEMBERED - kept.length;
  const from = Math.max(0, (earlier?.inputs.length ?? 0) - room);
  const completions = [...new Set([...(earlier?.completions ?? []), ...set.completions])];
  const places = new Map(completions.map((completion, place) => [completion, place]));
  const placed = set.targets.slice(0, kept.length).map((target) => places.get(set.completions[target] ?? '') ?? 0);
  return neighboursOf({
    sharpness: earlier?.sharpness ?? INITIAL_SHARPNESS,
    completions,
    inputs: [...(earlier?.inputs.slice(from) ?? []), ...kept],
    targets: Uint32Array.from([...(earlier?.targets.slice(from) ?? []), ...placed]),
  });
}

/**
 * Learns how steeply to weigh neighbours, each training example being answered from the others. The set's examples
 * must be the last that `initial` remembers.
 */
export function neighbourLearner(initial: Neighbours, set: TrainingSet): Learner {
  const examples = Math.min(set.inputs.length, MAX_REMEMBERED);
  const first = initial.inputs.length - examples;
  const features = new Map<string, Uint16Array>();
  const cached: Evidence[][] = [];
  let model = initial;

  const featuresOf = (text: string): Uint16Array => {
    const known = features.get(text) ?? textFeatures(text);
    features.set(text, known);
    return known;
  };
  const evidenceOf = (neighbours: Neighbour[], completion: string): Evidence[] => {
    const wanted = new Set(textFeatures(completion));
    return neighbours.map(({ row, cosine }) => {
      const offered = model.completions[model.targets[row] ?? 0] ?? '';
      return { cosine, fit: offered === completion ? 1 : overlap(featuresOf(offered), wanted) };
    });
  };
  const evidenceOfRow = (row: number): Evidence[] => {
    const input = set.inputs[row] ?? new Uint16Array();
    const completion = set.completions[set.targets[row] ?? 0] ?? '';
    const found = cached[row] ?? evidenceOf(nearest(model, input, first + row), completion);
    cached[row] = found;
    return found;
  };

  return {
    examples,
    trainBatch(rows, rate) {
      const total = { loss: 0, accuracy: 0 };
      let slope = 0;
      for (const row of rows) {
        const score = scoreEvidence(evidenceOfRow(row), model.sharpness);
        total.loss += score.loss;
        total.accuracy += score.accuracy;
        slope += score.slope;
      }
      const sharpness = model.sharpness * Math.exp((-RATE * rate * slope) / rows.length);
      model = { ...model, sharpness: Math.min(GREATEST_SHARPNESS, Math.max(LEAST_SHARPNESS, sharpness)) };
      return total;
    },
    evaluate: ({ input, completion }) => scoreEvidence(evidenceOf(nearest(model, input), completion), model.sharpness),
    model: () => model,
  };
}
