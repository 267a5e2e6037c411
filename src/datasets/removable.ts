import type { Finding } from './problem.ts';

/** Examples that a check speaks of and that could be left out, and their tokens: what is paid for nothing. */
export interface Removable {
  examples: number;
  tokens: number;
}

/** Checks that say of an example that it teaches nothing, or nothing more. */
const codes: ReadonlySet<string> = new Set([
  'all_weights_zero',
  'contradictory_answer',
  'duplicate_example',
  'empty_answer',
  'identical_pair',
  'inverted_pair',
]);

export interface RemovableCounter {
  add(findings: Iterable<Finding>, tokens: number): void;
  /** By code; an example of which several checks speak counts for each. */
  result(): Record<string, Removable>;
}

export function removableCounter(): RemovableCounter {
  const found: Record<string, Removable> = {};
  return {
    add(findings, tokens) {
      let last = '';
      for (const { code } of findings) {
        if (code === last || !codes.has(code)) continue;
        last = code;
        const { examples, tokens: before } = found[code] ?? { examples: 0, tokens: 0 };
        found[code] = { examples: examples + 1, tokens: before + tokens };
      }
    },
    result: () => found,
  };
}
