import { FEATURE_IDS } from './features.ts';

const { log, sqrt } = Math;

/** An inverted index over inputs, for cosine similarity with rare features counting more. */
export interface SimilarityIndex {
  size: number;
  /** Where each feature's postings begin; one place more than there are features. */
  starts: Uint32Array;
  /** The inputs that hold a feature, feature after feature. */
  postings: Uint32Array;
  /** The weight of each feature: log(1 + inputs / inputs that hold it), as if by one where none does. */
  rarity: Float32Array;
  /** The length of each input's weighted vector. */
  lengths: Float32Array;
}

function vectorLength(input: Uint16Array, rarity: Float32Array): number {
  let sum = 0;
  for (const id of input) sum += (rarity[id] ?? 0) ** 2;
  return sqrt(sum);
}

/** Builds the index; each input is a list of distinct feature ids. */
export function buildIndex(inputs: readonly Uint16Array[]): SimilarityIndex {
  const starts = new Uint32Array(FEATURE_IDS + 1);
  for (const input of inputs) for (const id of input) starts[id + 1] = (starts[id + 1] ?? 0) + 1;
  const rarity = new Float32Array(FEATURE_IDS);
  const rarest = log(1 + inputs.length);
  for (let id = 0; id < FEATURE_IDS; id++) {
    const holders = starts[id + 1] ?? 0;
    rarity[id] = holders === 0 ? rarest : log(1 + inputs.length / holders);
    starts[id + 1] = (starts[id] ?? 0) + holders;
  }
  const postings = new Uint32Array(starts[FEATURE_IDS] ?? 0);
  const next = starts.slice();
  inputs.forEach((input, row) => {
    for (const id of input) {
      const at = next[id] ?? 0;
      postings[at] = row;
      next[id] = at + 1;
    }
  });
  const lengths = Float32Array.from(inputs, (input) => vectorLength(input, rarity));
  return { size: inputs.length, starts, postings, rarity, lengths };
}

/** The cosine, 0 to 1, of a query with each indexed input. */
export function similarities(index: SimilarityIndex, query: Uint16Array): Float32Array {
  const { starts, postings, rarity, lengths } = index;
  const cosines = new Float32Array(index.size);
  for (const id of query) {
    const weight = (rarity[id] ?? 0) ** 2;
    const end = starts[id + 1] ?? 0;
    for (let at = starts[id] ?? 0; at < end; at++) {
      const row = postings[at] ?? 0;
      cosines[row] = (cosines[row] ?? 0) + weight;
    }
  }
  const queryLength = vectorLength(query, rarity);
  for (let row = 0; row < index.size; row++) {
    const product = queryLength * (lengths[row] ?? 0);
    cosines[row] = product > 0 ? (cosines[row] ?? 0) / product : 0;
  }
  return cosines;
}
