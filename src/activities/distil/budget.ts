import type { Input } from '../../datasets/index.ts';
import { seededRandom, shuffled } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { answersUsdAtMost, answerTokensAtMost } from '../answers-price.ts';
import { tokensUsd } from '../grading.ts';

/** Where no answer is known whose length could be gone by. */
const usualAnswer = 256;

interface Terms {
  prices: NonNullable<ModelEntry['prices']>;
  budgetUsd: number | undefined;
  seed: number;
}

/** What is asked of all that could be, and what it costs, US dollars. */
export interface Borne {
  asked: readonly Input[];
  maxOutputTokens: number;
  /** Of an answer, by what is known. */
  answerTokens: number;
  expectedUsd: number;
  /** Of one, where the budget does not bear even that. */
  atMostUsd: number;
}

/** All inputs, or as many drawn at random as the budget bears, however long the answers are. */
export function borne(inputs: readonly Input[], { prices, budgetUsd = Number.POSITIVE_INFINITY, seed }: Terms): Borne {
  const known = inputs.flatMap(({ answerTokens }) => answerTokens ?? []);
  const longestAnswer = known.reduce((longest, tokens) => Math.max(longest, tokens), 0);
  const maxOutputTokens = answerTokensAtMost(known.length > 0 ? longestAnswer : 2 * usualAnswer);
  const meanAnswer = known.length > 0 ? known.reduce((sum, tokens) => sum + tokens, 0) / known.length : usualAnswer;
  const longest = inputs.reduce((most, { tokens }) => Math.max(most, tokens), 0);
  const atMost = (questions: number, tokens: number) =>
    answersUsdAtMost(prices, { questions, tokens, longest, maxOutputTokens });

  const tokensOf = (some: readonly Input[]) => some.reduce((sum, { tokens }) => sum + tokens, 0);
  const all = atMost(inputs.length, tokensOf(inputs)) <= budgetUsd;
  const order = all ? inputs : shuffled(inputs, seededRandom(seed));
  let [count, tokens] = [0, 0];
  for (const input of order) {
    if (atMost(count + 1, tokens + input.tokens) > budgetUsd) break;
    count += 1;
    tokens += input.tokens;
  }
  const expectedUsd = tokensUsd(prices, { inputTokens: tokens, outputTokens: count * meanAnswer }) ?? 0;
  const atMostUsd = count === 0 ? atMost(1, longest) : atMost(count, tokens);
  return { asked: order.slice(0, count), maxOutputTokens, answerTokens: meanAnswer, expectedUsd, atMostUsd };
}
