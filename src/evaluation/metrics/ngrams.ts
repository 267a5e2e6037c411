/**
 * How many runs of 1, 2, up to `longest` tokens two texts have in common, each as often as it is in both; by the length of
 * the run less one.
 */
export function commonNgrams(left: readonly string[], right: readonly string[], longest: number): number[] {
  const known = new Map<string, number>();
  const [words, others] = [left.map((word) => idOf(known, word)), right.map((word) => idOf(known, word))];
  // A run is told by the number of the run that is shorter by one, and its last token.
  let [runs, otherRuns] = [words, others];
  let distinct = known.size;
  const common = [inBoth(runs, otherRuns, distinct)];
  for (let n = 1; n < longest; n++) {
    const longer = new Map<number, number>();
    const extend = (shorter: readonly number[], tokens: readonly number[]) =>
      shorter.slice(0, -1).map((run, at) => idOf(longer, run * known.size + (tokens[at + n] as number)));
    [runs, otherRuns] = [extend(runs, words), extend(otherRuns, others)];
    distinct = longer.size;
    common.push(inBoth(runs, otherRuns, distinct));
  }
  return common;
}

/** How many runs of `n` there are among so many tokens. */
export function ngramCount(tokens: number, n: number): number {
  return Math.max(0, tokens - n + 1);
}

function idOf<Key>(known: Map<Key, number>, key: Key): number {
  const id = known.get(key) ?? known.size;
  if (id === known.size) known.set(key, id);
  return id;
}

function inBoth(left: readonly number[], right: readonly number[], distinct: number): number {
  const counts = new Int32Array(distinct);
  for (const id of left) counts[id] = (counts[id] as number) + 1;
  let common = 0;
  for (const id of right) {
    const left = counts[id] as number;
    if (left === 0) continue;
    counts[id] = left - 1;
    common += 1;
  }
  return common;
}
