import { textFeatures } from './features.ts';
import { PROBABILITY_FLOOR, type Score } from './learner.ts';
import { type Neighbour, type Neighbours, neighbourShares } from './neighbours.ts';

/** How likely a neighbour's completion is to stand for the wanted one, 0 to 1, beside its closeness to the question. */
export interface Evidence {
  cosine: number;
  fit: number;
}

/** The evidence of a model's neighbours for a completion. */
export type Judge = (model: Neighbours, neighbours: readonly Neighbour[], completion: string) => Evidence[];

/** The cosine of two sets of features. */
function overlap(left: Uint16Array, right: ReadonlySet<number>): number {
  let shared = 0;
  for (const id of left) if (right.has(id)) shared++;
  return shared / Math.sqrt(Math.max(1, left.length * right.size));
}

/** A judge that keeps the features of texts, since the same neighbours come again and again. */
export function createJudge(): Judge {
  const features = new Map<string, Uint16Array>();
  const featuresOf = (text: string): Uint16Array => {
    const known = features.get(text) ?? textFeatures(text);
    features.set(text, known);
    return known;
  };
  return (model, neighbours, completion) => {
    const wanted = new Set(textFeatures(completion));
    return neighbours.map(({ row, cosine }) => {
      const offered = model.completions[model.targets[row] ?? 0] ?? '';
      return { cosine, fit: offered === completion ? 1 : overlap(featuresOf(offered), wanted) };
    });
  };
}

/**
 * Loss: minus the log of how well the neighbours' completions, by their shares, fit the wanted one. Accuracy: how well
 * the nearest one's does. `slope` is the loss's derivative by the log of the sharpness.
 */
export function scoreEvidence(evidence: readonly Evidence[], sharpness: number): Score & { slope: number } {
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
