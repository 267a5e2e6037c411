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

export interface TrainingSize {
  /** Of all examples together, each once. */
  tokens: number;
  examples: number;
  epochs: number | 'auto';
}

/** Tokens that a training is billed for. */
export function estimateTrainingTokens({ tokens, examples, epochs }: TrainingSize): number {
  return tokens * (epochs === 'auto' ? automaticEpochs(examples) : epochs);
}
