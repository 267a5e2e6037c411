import { z } from 'zod';
import { hyperparameterSchemas } from '../../../contract/config.ts';

const hyperparameters = z.object({
  n_epochs: hyperparameterSchemas.epochs.optional(),
  batch_size: hyperparameterSchemas.batchSize.optional(),
  learning_rate_multiplier: hyperparameterSchemas.learningRateMultiplier.optional(),
  beta: hyperparameterSchemas.beta.optional(),
});
type Hyperparameters = z.infer<typeof hyperparameters>;

const learner = z.object({ hyperparameters: hyperparameters.nullish() }).nullish();

/** What a program asks of `POST /fine_tuning/jobs`; fields of OpenAI that are not named here are refused, not lost. */
export const newJob = z.strictObject({
  model: z.string().min(1),
  training_file: z.string().min(1),
  validation_file: z.string().nullish(),
  suffix: z.string().min(1).max(64).nullish(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .nullish(),
  /** The older field, of supervised jobs. */
  hyperparameters: hyperparameters.nullish(),
  method: z.object({ type: z.enum(['supervised', 'dpo']), supervised: learner, dpo: learner }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  integrations: z.array(z.unknown()).max(0, 'integrations are not passed on').nullish(),
});
export type NewJob = z.infer<typeof newJob>;

/** The memo field of a run that a program has started so. */
export const askedMemo = 'tunewrightAsked';

/** What it said, where the run's own configuration does not keep it. */
export interface Asked {
  trainingFile: string;
  validationFile?: string;
  metadata?: Record<string, string>;
}

/** By the run's names; what is not given is left to its defaults. */
export function learningOf({ method, hyperparameters: older }: NewJob): {
  method?: 'supervised' | 'dpo';
  hyperparameters: Record<string, number | 'auto'>;
} {
  const given: Hyperparameters = method?.[method.type]?.hyperparameters ?? older ?? {};
  const { n_epochs: epochs, batch_size: batchSize, learning_rate_multiplier: learningRateMultiplier, beta } = given;
  const all = { epochs, batchSize, learningRateMultiplier, beta };
  return {
    ...(method ? { method: method.type } : {}),
    hyperparameters: Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
}
