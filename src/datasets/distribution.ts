/** How many examples have up to so many tokens, and more than the range before; ranges double. */
export interface LengthRange {
  upTo: number;
  examples: number;
}

const smallest = 16;

/** Counts examples by their tokens. */
export function lengthCounter(): { add(tokens: number): void; ranges(): LengthRange[] } {
  const counts: number[] = [];
  return {
    add(tokens) {
      const range = Math.max(0, Math.ceil(Math.log2(tokens / smallest)));
      counts[range] = (counts[range] ?? 0) + 1;
    },
    ranges() {
      const first = counts.findIndex((count) => count !== undefined);
      return Array.from(counts, (count = 0, range) => ({ upTo: smallest * 2 ** range, examples: count })).slice(
        Math.max(0, first),
      );
    },
  };
}
