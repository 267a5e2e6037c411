import type { ExampleTokens } from './tokens.ts';

/** The rule of OpenAI's data preparation guide for the number of epochs when it is left to the platform. */
const target = { epochs: 3, minimumExamples: 100, maximumExamples: 25_000, mostEpochs: 25 };

/** How often `auto` goes over the training examples: about 3 times, more for few examples, fewer for very many. */
export function automaticEpochs(examples: number): number {
  const { epochs, minimumExamples, maximumExamples, mostEpochs } = target;
  const seen = Math.max(1, examples);
  if (seen * epochs < minimumExamples) return Math.min(mostEpochs, Math.floor(minimumExamples / seen));
  if (seen * epochs > maximumExamples) return Math.max(1, Math.floor(maximumExamples / seen));
  return epochs;
}

/**
 * Tokens of an example that a model trains on, and is billed for, that reads `context` of them at once: platforms cut off the
 * rest (OpenAI's guide to data preparation counts so). Of a pair each side is read for itself.
 */
export function tokensWithin({ tokens, longest }: Pick<ExampleTokens, 'tokens' | 'longest'>, context: number): number {
  return Math.min(longest, context) + Math.min(tokens - longest, context);
}

/** Adds what of an example is beyond each of these contexts to the sums by context. */
export function addBeyond(
  beyond: Record<number, number>,
  contexts: readonly number[],
  example: Pick<ExampleTokens, 'tokens' | 'longest'>,
): void {
  for (const context of contexts) {
    const cut = example.tokens - tokensWithin(example, context);
    if (cut > 0) beyond[context] = (beyond[context] ?? 0) + cut;
  }
}

/** Of so many tokens, those that a model which reads `context` at once trains on, by the sums of what is beyond. */
export function trainedOf(
  { tokens, beyond = {} }: { tokens: number; beyond?: Readonly<Record<number, number>> | undefined },
  context: number,
): number {
  return tokens - (beyond[context] ?? 0);
}

export interface TrainingSize {
  /** Of all examples together, each once. */
  tokens: number;
  /** Of these, those that the model reads; all when absent. */
  trainedTokens?: number | undefined;
  examples: number;
  epochs: number | 'auto';
}

/** Tokens that a training is billed for. */
export function estimateTrainingTokens({ tokens, trainedTokens = tokens, examples, epochs }: TrainingSize): number {
  return trainedTokens * (epochs === 'auto' ? automaticEpochs(examples) : epochs);
}
