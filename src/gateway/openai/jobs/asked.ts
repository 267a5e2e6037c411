import { z } from 'zod';
import { hyperparameterSchemas, type Method } from '../../../contract/config.ts';
import { type GraderConfig, rewardSchema } from '../../../contract/graders.ts';

/** Those of all methods: which has which is for the run's own check. What has no counterpart in a run is only left to itself. */
const hyperparameters = z.strictObject({
  n_epochs: hyperparameterSchemas.epochs.optional(),
  batch_size: hyperparameterSchemas.batchSize.optional(),
  learning_rate_multiplier: hyperparameterSchemas.learningRateMultiplier.optional(),
  beta: hyperparameterSchemas.beta.optional(),
  compute_multiplier: hyperparameterSchemas.computeMultiplier.optional(),
  eval_interval: z.literal('auto', 'only "auto" is taken: a run has no such setting').optional(),
  eval_samples: z.literal('auto', 'only "auto" is taken: a run has no such setting').optional(),
  reasoning_effort: z.literal('default', 'only "default" is taken: a run has no such setting').optional(),
});
type Hyperparameters = z.infer<typeof hyperparameters>;

const learner = z.strictObject({ hyperparameters: hyperparameters.nullish() }).nullish();

const rewarded = z.strictObject({
  grader: rewardSchema,
  hyperparameters: hyperparameters.nullish(),
  response_format: z.null('the form of answers is no setting of a run: leave it out').optional(),
});

const method = z
  .strictObject({
    type: z.enum(['supervised', 'dpo', 'reinforcement']),
    supervised: learner,
    dpo: learner,
    reinforcement: rewarded.nullish(),
  })
  .refine(({ type, reinforcement }) => type !== 'reinforcement' || reinforcement, {
    path: ['reinforcement'],
    message: 'name the grader whose scores it learns from',
  });

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
  method: method.nullish(),
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
  method?: Method;
  hyperparameters: Record<string, number | 'auto'>;
  reward?: GraderConfig;
} {
  const given: Hyperparameters = method?.[method.type]?.hyperparameters ?? older ?? {};
  const { n_epochs: epochs, batch_size: batchSize, learning_rate_multiplier: learningRateMultiplier } = given;
  const { beta, compute_multiplier: computeMultiplier } = given;
  const all = { epochs, batchSize, learningRateMultiplier, beta, computeMultiplier };
  return {
    ...(method ? { method: method.type } : {}),
    hyperparameters: Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    ...(method?.type === 'reinforcement' && method.reinforcement ? { reward: method.reinforcement.grader } : {}),
  };
}
