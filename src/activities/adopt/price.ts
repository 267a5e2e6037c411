import type { ArtifactStore } from '../../artifacts/index.ts';
import type { EscapeKit } from '../../contract/kit.ts';
import { surveyExamples, usualEncoding } from '../../datasets/index.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { answersUsdAtMost, answerTokensAtMost } from '../answers-price.ts';
import { tokensUsd } from '../grading.ts';

/** What a model's answers to the held-out examples of its kit will cost, US dollars. */
export interface AnswersPrice {
  expectedUsd: number;
  /** However long the answers are, and though a worker dies once: it is this that a budget has to hold. */
  atMostUsd: number;
  maxOutputTokens: number;
}

/** Undefined where there is nothing to ask, or no price is known. */
export async function priceOfAnswers(
  store: ArtifactStore,
  platform: TrainingPlatform,
  { heldOut, baseModel, method }: EscapeKit,
): Promise<AnswersPrice | undefined> {
  const { prices, encoding = usualEncoding } = platform.catalogueEntry(baseModel) ?? {};
  if (!heldOut || !prices) return undefined;
  const { sample } = await surveyExamples(store.read(heldOut), {
    ...{ method, encoding },
    sample: heldOut.examples,
    seed: 1,
  });
  const most = (of: 'tokens' | 'answerTokens') => sample.reduce((largest, one) => Math.max(largest, one[of]), 0);
  const sum = (of: 'tokens' | 'answerTokens') => sample.reduce((total, one) => total + one[of], 0);
  const usd = (inputTokens: number, outputTokens: number) => tokensUsd(prices, { inputTokens, outputTokens }) ?? 0;
  const maxOutputTokens = answerTokensAtMost(most('answerTokens'));
  return {
    maxOutputTokens,
    expectedUsd: usd(sum('tokens') - sum('answerTokens'), sum('answerTokens')),
    atMostUsd: answersUsdAtMost(prices, {
      questions: sample.length,
      tokens: sum('tokens'),
      longest: most('tokens'),
      maxOutputTokens,
    }),
  };
}
