import { lcsLength } from './lcs.ts';

/** How much two texts have in common, character by character: RapidFuzz's `fuzz.ratio` / 100; in [0, 1]. */
export function fuzzyRatio(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  return a.length + b.length === 0 ? 1 : (2 * lcsLength(a, b)) / (a.length + b.length);
}
