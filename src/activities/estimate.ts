import type { RunConfig } from '../contract/config.ts';
import type { DataSummary } from '../contract/run.ts';
import { triesOf } from '../contract/tries.ts';
import { estimateTrainingTokens } from '../datasets/index.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';
import type { Dependencies } from './dependencies.ts';
import { gradingUsd } from './judges.ts';
import { type AskingPrices, askingPrices } from './prices.ts';

export interface EstimateInput {
  config: RunConfig;
  data: DataSummary;
  /** Prices of the champion, where one is asked as well. */
  champion?: Asking | undefined;
}

export interface CostEstimate {
  usd: number;
  prices: AskingPrices;
  /** Of a run that tries several bases or parameters: each of them, in their order. */
  tries?: { prices: AskingPrices; trainingUsd: number }[];
}

type Asking = Pick<AskingPrices, 'input' | 'output' | 'batchShare'>;

const million = 1_000_000;

export function estimateActivities({ platforms }: Dependencies) {
  return {
    /**
     * What the run will cost: training tokens times epochs, every held-out question asked of each model, and their answers
     * judged where the grader asks a model. Where time is billed, what a job may cost at most. Of tries all are trained and
     * asked the validation questions, and the dearest is taken to be the one that is evaluated.
     */
    async estimateCost(input: EstimateInput): Promise<CostEstimate> {
      const { config } = input;
      const tries = triesOf(config).map((one) => trainingOf(platforms, one.config, dataFor(one.config, input)));
      const evaluated = (prices: AskingPrices) => evaluationUsd(platforms, input, prices);
      if (tries.length === 0) {
        const { prices, trainingUsd } = trainingOf(platforms, config, input.data);
        return { usd: trainingUsd + evaluated(prices), prices };
      }
      const trainedUsd = sum(tries.map(({ trainingUsd }) => trainingUsd));
      const chosenUsd = sum(tries.map(({ prices }) => choosingUsd(platforms, input, prices)));
      const usd = trainedUsd + chosenUsd + Math.max(...tries.map(({ prices }) => evaluated(prices)));
      const [{ prices }] = tries as [(typeof tries)[number]];
      return { usd, prices, tries };
    },
  };
}

/** What is cut off was counted for the model of the run; of another base all counts. */
function dataFor({ model }: RunConfig, { config, data }: EstimateInput): DataSummary {
  const { trainedTokens: _, ...train } = data.train;
  return model === config.model ? data : { ...data, train };
}

function trainingOf(platforms: Platforms, config: RunConfig, data: DataSummary) {
  const { connection, model, hyperparameters } = config;
  const platform = platforms.get(connection);
  const prices = askingPrices(platform, model);
  const trainedTokens = estimateTrainingTokens({
    ...triedIn(config, data.train, platform),
    epochs: hyperparameters.epochs,
  });
  const trainingUsd = platform.trainingUsdAtMost ?? (trainedTokens * prices.training) / million;
  return { prices, trainingUsd };
}

/** By reinforcement a question is read as often as it is answered, and each answer is taken to be as long as it may be. */
function triedIn(
  { method, hyperparameters, evaluation }: RunConfig,
  train: DataSummary['train'],
  { reinforcement }: TrainingPlatform,
): DataSummary['train'] {
  if (method !== 'reinforcement') return train;
  const { computeMultiplier = 'auto' } = hyperparameters;
  const answers = (reinforcement?.answers ?? 1) * (computeMultiplier === 'auto' ? 1 : computeMultiplier);
  const { tokens, trainedTokens = tokens, examples } = train;
  return { examples, tokens: Math.ceil((trainedTokens + examples * evaluation.maxOutputTokens) * answers) };
}

/** Of base, tuned model and whatever else is asked the held-out questions. */
function evaluationUsd(platforms: Platforms, { config, data, champion }: EstimateInput, own: Asking): number {
  const { prompted, grader } = config.evaluation;
  const asked = askedShare(config, data.test.examples);
  // An example is a question and its answer: the question is read, and an answer as long as the reference is written.
  const questionUsd = (price: Asking) =>
    ((data.test.tokens * price.input + data.test.answerTokens * price.output) * asked * paidOf(config, price)) /
    million;
  const shownTokens = (prompted ? prompted.examples * data.train.tokens : 0) / data.train.examples;
  const shownUsd = (shownTokens * data.test.examples * asked * own.input * paidOf(config, own)) / million;
  const models = 2 + (prompted ? 1 : 0);
  const judgedUsd = gradingUsd(platforms, config.connection, grader, data.test) * asked;
  return (
    questionUsd(own) * models +
    shownUsd +
    (champion ? questionUsd(champion) : 0) +
    judgedUsd * (models + (champion ? 1 : 0))
  );
}

/** Of one model that is asked the validation questions; their answers are taken to be as long as those held out. */
function choosingUsd(platforms: Platforms, { config, data }: EstimateInput, own: Asking): number {
  const { examples, tokens } = data.validation;
  const asked = askedShare(config, examples);
  const answerTokens = tokens * (data.test.answerTokens / data.test.tokens);
  const judgedUsd = gradingUsd(platforms, config.connection, config.evaluation.grader, {
    examples,
    tokens,
    answerTokens,
  });
  const askedUsd = ((tokens * own.input + answerTokens * own.output) * paidOf(config, own)) / million;
  return (askedUsd + judgedUsd) * asked;
}

/** The share of a price that is paid: what is asked by batch costs less. */
function paidOf({ evaluation }: RunConfig, { batchShare = 1 }: Asking): number {
  return evaluation.batch ? batchShare : 1;
}

function askedShare({ evaluation }: RunConfig, examples: number): number {
  return Math.min(1, (evaluation.maxExamples ?? Number.POSITIVE_INFINITY) / examples);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, one) => total + one, 0);
}
