import type { GraderConfig } from '../contract/graders.ts';
import type { DataSummary } from '../contract/run.ts';
import { type AskedModel, askedModels } from '../evaluation/index.ts';
import type { Platforms } from '../platforms/registry.ts';
import { noEmbeddings } from './grading.ts';
import { pricesOf } from './prices.ts';

const million = 1_000_000;
const charsPerToken = 4;
/** What stands in every prompt beside the grader's own, and what a judge writes: about so many tokens. */
const ruleTokens = 300;
const judgementTokens = 100;

/** Before any money is spent: every model that the grader asks is there, and has a price. */
export async function checkJudges(platforms: Platforms, connection: string, grader: GraderConfig): Promise<void> {
  for (const judge of askedModels(grader)) {
    const name = judge.connection ?? connection;
    const platform = platforms.get(name);
    pricesOf(platform, judge.model);
    if (judge.embeds && !platform.embed) throw noEmbeddings(name);
    // Where models are deployed the deployment is named by configuration, and has no entry of its own.
    if (!platform.deployments?.existing(judge.model)) await platform.getModel(judge.model);
  }
}

/** About what it costs to grade the answers of one model to all held-out examples, US dollars. Throws `model_unpriced`. */
export function gradingUsd(
  platforms: Platforms,
  connection: string,
  grader: GraderConfig,
  { examples, tokens, answerTokens }: DataSummary['test'],
): number {
  const usd = askedModels(grader).map((judge) => {
    const { input, output } = pricesOf(platforms.get(judge.connection ?? connection), judge.model);
    const { read, written } = tokensOf(judge, { examples, tokens, answerTokens });
    return (judge.calls * (read * input + written * output)) / million;
  });
  return usd.reduce((sum, one) => sum + one, 0);
}

/** Of one call about every example; an answer is taken to be as long as the one hoped for, which is shown beside it. */
function tokensOf({ embeds, promptChars }: AskedModel, { examples, tokens, answerTokens }: DataSummary['test']) {
  if (embeds) return { read: 2 * answerTokens, written: 0 };
  const prompt = ruleTokens + promptChars / charsPerToken;
  return { read: examples * prompt + tokens + answerTokens, written: examples * judgementTokens };
}
