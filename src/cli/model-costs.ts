import { automaticEpochs, type Inspection, type Removable, trainedOf } from '../datasets/index.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import { untrainedBy } from './untrained.ts';

/** What a data set costs with a model, US dollars at list prices. */
export interface ModelCost {
  model: string;
  /** By the rule for `auto`. */
  epochs: number;
  /** Of every example once, no longer than the model reads: what is billed each epoch. */
  trainedTokens: number;
  /** What the model reads at once. */
  context: number;
  trainingUsd: number;
  /** By the speed of jobs that the catalogue knows; absent where it knows none. */
  trainingSeconds?: number | undefined;
  /** 1,000 questions and answers like those of the data set, asked of the tuned model. */
  answersUsd: number;
  /** YYYY-MM-DD: from this day on no job can be created. */
  lastJobDate?: string | undefined;
}

/** What training would cost less without the examples that a check speaks of. */
export interface Saving extends Removable {
  code: string;
  /** US dollars by model, epochs as in its {@link ModelCost}. */
  usd: Record<string, number>;
}

const million = 1_000_000;
const asked = 1000;

/** The cheapest first. Left out are models without prices or free of charge, and those that cannot be tuned so any more. */
export function modelCosts(inspection: Inspection, models: readonly ModelEntry[], now: Date): ModelCost[] {
  const { method, faultless, tokens, finalTokens } = inspection;
  const epochs = automaticEpochs(faultless);
  const answers = faultless * (method === 'dpo' ? 2 : 1);
  return models
    .filter((model) => untrainedBy(model, method, now) === undefined)
    .flatMap(({ id, prices, lastJobDate, trainingContextTokens: context, trainingTokensPerSecond: speed }) => {
      if (!prices || prices.training === 0 || tokens === 0) return [];
      const answersUsd =
        (((tokens - finalTokens) * prices.input + finalTokens * prices.output) / million / answers) * asked;
      const trainedTokens = trainedOf(inspection, context);
      const trained = trainedTokens * epochs;
      const trainingSeconds = speed && trained / speed;
      return [
        {
          model: id,
          epochs,
          trainedTokens,
          context,
          trainingUsd: (trained * prices.training) / million,
          trainingSeconds,
          answersUsd,
          lastJobDate,
        },
      ];
    })
    .sort((a, b) => a.trainingUsd - b.trainingUsd);
}

/** The most first; with the costs of the same data set. */
export function savings({ removable }: Inspection, costs: readonly ModelCost[]): Saving[] {
  return Object.entries(removable)
    .map(([code, one]) => {
      const usd = costs.map(({ model, trainingUsd, trainedTokens, context }) => {
        return [model, (trainingUsd * trainedOf(one, context)) / trainedTokens];
      });
      return { code, ...one, usd: Object.fromEntries(usd) };
    })
    .sort((a, b) => b.tokens - a.tokens);
}
