/** Runs of `n` tokens and how often each occurs. */
export function ngrams(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= tokens.length; at++) {
    // No token holds a white space.
    const gram = n === 1 ? (tokens[at] as string) : tokens.slice(at, at + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** How many the two have in common, each as often as it is in both. */
export function overlap(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [gram, count] of left) common += Math.min(count, right.get(gram) ?? 0);
  return common;
}

/** How many runs of `n` there are among so many tokens. */
export function ngramCount(tokens: number, n: number): number {
  return Math.max(0, tokens - n + 1);
}
