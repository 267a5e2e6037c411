import { buildIndex, type SimilarityIndex, similarities } from './similarity.ts';

/** Free text: the completions of the most similar remembered prompts, weighted by how similar these are. */
export interface Neighbours {
  kind: 'neighbours';
  /** How steeply a neighbour's weight grows with its cosine; what training learns. */
  sharpness: number;
  /** Distinct completions. */
  completions: string[];
  /** Remembered prompts, as feature ids. */
  inputs: Uint16Array[];
  /** For each prompt its place in `completions`. */
  targets: Uint32Array;
  index: SimilarityIndex;
}

/** A remembered prompt and its cosine with the question. */
export interface Neighbour {
  row: number;
  cosine: number;
}

/** Prompts remembered at most: finding neighbours takes time in proportion. */
export const MAX_REMEMBERED = 10_000;
const CONSIDERED = 16;

/** A model of these parts, with its index. */
export function neighboursOf(parts: Omit<Neighbours, 'kind' | 'index'>): Neighbours {
  return { kind: 'neighbours', ...parts, index: buildIndex(parts.inputs) };
}

/** The 16 nearest remembered prompts, nearest first, equal ones in remembered order; `except` is left out. */
export function nearest(model: Neighbours, input: Uint16Array, except = -1): Neighbour[] {
  const found: Neighbour[] = [];
  similarities(model.index, input).forEach((cosine, row) => {
    if (row === except) return;
    if (found.length === CONSIDERED && cosine <= (found[CONSIDERED - 1]?.cosine ?? 0)) return;
    let at = found.length;
    while (at > 0 && (found[at - 1]?.cosine ?? 0) < cosine) at--;
    found.splice(at, 0, { row, cosine });
    if (found.length > CONSIDERED) found.pop();
  });
  return found;
}

/** The share of the answer each neighbour has: a softmax of `sharpness` times cosine. */
export function neighbourShares(neighbours: readonly Pick<Neighbour, 'cosine'>[], sharpness: number): number[] {
  const top = neighbours[0]?.cosine ?? 0;
  const grown = neighbours.map(({ cosine }) => Math.exp(sharpness * (cosine - top)));
  const sum = grown.reduce((total, share) => total + share, 0);
  return grown.map((share) => share / sum);
}
