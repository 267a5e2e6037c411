import { addBeyond } from '../estimate.ts';
import type { Finding } from '../problem.ts';
import type { ExampleTokens } from '../tokens.ts';

/** Examples that a check speaks of and that could be left out, and their tokens: what is paid for nothing. */
export interface Removable {
  examples: number;
  tokens: number;
  /** Of these, by what a model reads at once, those that are cut off. */
  beyond?: Record<number, number> | undefined;
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

/** The same with one more example. */
export function withExample(
  { examples, tokens, beyond = {} }: Removable = { examples: 0, tokens: 0 },
  example: Pick<ExampleTokens, 'tokens' | 'longest'>,
  contexts: readonly number[],
): Removable {
  addBeyond(beyond, contexts, example);
  const cut = Object.keys(beyond).length > 0 ? { beyond } : {};
  return { examples: examples + 1, tokens: tokens + example.tokens, ...cut };
}

export interface RemovableCounter {
  add(findings: Iterable<Finding>, example: Pick<ExampleTokens, 'tokens' | 'longest'>): void;
  /** By code; an example of which several checks speak counts for each. */
  result(): Record<string, Removable>;
}

export function removableCounter(contexts: readonly number[]): RemovableCounter {
  const found: Record<string, Removable> = {};
  return {
    add(findings, example) {
      let last = '';
      for (const { code } of findings) {
        if (code === last || !codes.has(code)) continue;
        last = code;
        found[code] = withExample(found[code], example, contexts);
      }
    },
    result: () => found,
  };
}
