import { textFeatures } from './learner/features.ts';

export const DIMENSIONS = 256;

/**
 * A text as a vector of length 1: each of its words, word pairs and character 3- to 5-grams adds 1 or takes 1 away at a place
 * that its hash says. Texts that share many of them point the same way; it knows nothing of what words mean.
 */
export function embed(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  for (const id of textFeatures(text)) {
    const at = (id >>> 1) % dimensions;
    vector[at] = (vector[at] as number) + (id & 1 ? 1 : -1);
  }
  const length = Math.hypot(...vector);
  return [...vector].map((value) => (length === 0 ? 0 : value / length));
}
