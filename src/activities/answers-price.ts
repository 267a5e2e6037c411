import type { ModelEntry } from '../platforms/catalogue.ts';
import { tokensUsd } from './grading.ts';

const shortestAnswer = 256;
const longestAnswer = 4_096;
/** Answers in hand when a worker dies are asked again: as many as are in a batch and under way. */
const inHand = 32;
/** The platform may count what surrounds the text in another way. */
const countingSlack = 1.2;

/** What is asked of a model, in tokens. */
export interface Questions {
  questions: number;
  tokens: number;
  /** Of the longest question. */
  longest: number;
  /** Of an answer, at most. */
  maxOutputTokens: number;
}

/** Answers may be so long, where the longest that is known is that long. */
export function answerTokensAtMost(longestKnown: number): number {
  return Math.min(longestAnswer, Math.max(shortestAnswer, 2 * longestKnown));
}

/** US dollars, however long the answers are, and though a worker dies once: it is this that a budget has to hold. */
export function answersUsdAtMost(
  prices: NonNullable<ModelEntry['prices']>,
  { questions, tokens, longest, maxOutputTokens }: Questions,
): number {
  return (
    tokensUsd(prices, {
      inputTokens: (tokens + inHand * longest) * countingSlack,
      outputTokens: (questions + inHand) * maxOutputTokens,
    }) ?? 0
  );
}
