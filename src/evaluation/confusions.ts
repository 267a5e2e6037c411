import type { Confusion } from '../contract/verdict.ts';

/** Which labels are taken for which others. */
export interface ConfusionTable {
  add(reference: string, answer: string): void;
  /** The most frequent first, at most 50. */
  rows(): Confusion[];
}

const pairsAtMost = 5_000;
const rowsShown = 50;

/** Counts wrong answers by what was right, holding no more than 5,000 pairs in memory. */
export function createConfusionTable(): ConfusionTable {
  const counts = new Map<string, Confusion>();
  return {
    add(reference, answer) {
      const key = JSON.stringify([reference, answer]);
      const known = counts.get(key);
      if (known) known.count += 1;
      else if (counts.size < pairsAtMost) counts.set(key, { reference, answer, count: 1 });
    },
    rows: () => [...counts.values()].sort((a, b) => b.count - a.count).slice(0, rowsShown),
  };
}
