import type { RunConfig } from '../contract/config.ts';
import type { DataSummary } from '../contract/run.ts';
import { estimateTrainingTokens } from '../datasets/index.ts';
import { pricesOf } from './access.ts';
import type { Dependencies } from './dependencies.ts';

export interface EstimateInput {
  config: RunConfig;
  data: DataSummary;
}

export interface CostEstimate {
  usd: number;
  /** US dollars a million tokens, and the date they were looked up. */
  prices: { training: number; input: number; output: number; checked: string };
}

const million = 1_000_000;
/** The base model and the tuned one. */
const evaluatedModels = 2;

export function estimateActivities({ platforms }: Dependencies) {
  return {
    /**
     * What the run will cost: training tokens times epochs, and every held-out question asked of both models. Where time is
     * billed, what a job may cost at most.
     */
    async estimateCost({ config, data }: EstimateInput): Promise<CostEstimate> {
      const platform = platforms.get(config.connection);
      const { training, input, output, checked } = pricesOf(platform, config.model);
      const { epochs } = config.hyperparameters;
      const trainedTokens = estimateTrainingTokens({ ...data.train, epochs });
      const asked = Math.min(1, (config.evaluation.maxExamples ?? Number.POSITIVE_INFINITY) / data.test.examples);
      // An example is a question and its answer: the question is read, and an answer as long as the reference is written.
      const questionUsd = (data.test.tokens * input + data.test.answerTokens * output) * asked * evaluatedModels;
      const trainingUsd = platform.trainingUsdAtMost ?? (trainedTokens * training) / million;
      const usd = trainingUsd + questionUsd / million;
      return { usd, prices: { training, input, output, checked } };
    },
  };
}
