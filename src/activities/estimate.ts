import type { RunConfig } from '../contract/config.ts';
import type { DataSummary } from '../contract/run.ts';
import { estimateTrainingTokens } from '../datasets/index.ts';
import type { Dependencies } from './dependencies.ts';
import { gradingUsd } from './judges.ts';
import { pricesOf } from './prices.ts';

export interface EstimateInput {
  config: RunConfig;
  data: DataSummary;
  /** Prices of the champion, where one is asked as well. */
  champion?: { input: number; output: number } | undefined;
}

export interface CostEstimate {
  usd: number;
  /** US dollars a million tokens, and the date they were looked up. */
  prices: { training: number; input: number; output: number; checked: string };
}

const million = 1_000_000;

export function estimateActivities({ platforms }: Dependencies) {
  return {
    /**
     * What the run will cost: training tokens times epochs, every held-out question asked of each model, and their answers
     * judged where the grader asks a model. Where time is billed, what a job may cost at most.
     */
    async estimateCost({ config, data, champion }: EstimateInput): Promise<CostEstimate> {
      const platform = platforms.get(config.connection);
      const { training, input, output, checked } = pricesOf(platform, config.model);
      const { epochs } = config.hyperparameters;
      const trainedTokens = estimateTrainingTokens({ ...data.train, epochs });
      const asked = Math.min(1, (config.evaluation.maxExamples ?? Number.POSITIVE_INFINITY) / data.test.examples);
      // An example is a question and its answer: the question is read, and an answer as long as the reference is written.
      const questionUsd = (price: { input: number; output: number }) =>
        (data.test.tokens * price.input + data.test.answerTokens * price.output) * asked;
      const { prompted } = config.evaluation;
      const shownTokens = (prompted ? prompted.examples * data.train.tokens : 0) / data.train.examples;
      const shownUsd = shownTokens * data.test.examples * asked * input;
      const evaluationUsd =
        questionUsd({ input, output }) * (prompted ? 3 : 2) + shownUsd + (champion ? questionUsd(champion) : 0);
      const trainingUsd = platform.trainingUsdAtMost ?? (trainedTokens * training) / million;
      const models = 2 + (prompted ? 1 : 0) + (champion ? 1 : 0);
      const judgesUsd = gradingUsd(platforms, config.connection, config.evaluation.grader, data.test) * asked * models;
      const usd = trainingUsd + evaluationUsd / million + judgesUsd;
      return { usd, prices: { training, input, output, checked } };
    },
  };
}
