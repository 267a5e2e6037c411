import { z } from 'zod';
import { TunewrightError } from './errors.ts';
import { gateSchema } from './gate.ts';
import { graderSchema, gradesLatency, rewardSchema } from './graders.ts';
import { describeIssues } from './issues.ts';
import { dataSource } from './source.ts';
import { triesOf } from './tries.ts';

/** Of runs and of registered models. */
const modelName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use 1-40 lower-case letters, digits and dashes');
const share = z.number().min(0).max(0.9);
/** Of a line of data: `customer`, or `meta.customer` in an object. */
const field = z.string().regex(/^[\w-]+(\.[\w-]+)*$/, 'name a field, or fields in fields with dots between them');
const autoOr = (number: z.ZodNumber) => z.union([z.literal('auto'), number]);

/** Bounds are those of OpenAI's API description; `auto` leaves the choice to the platform. */
export const hyperparameterSchemas = {
  epochs: autoOr(z.int().min(1).max(50)),
  batchSize: autoOr(z.int().min(1).max(256)),
  learningRateMultiplier: autoOr(z.number().positive()),
  /** Of `dpo` alone: how dear it is to move away from the base model. */
  beta: autoOr(z.number().positive().max(2)),
  /** Of `reinforcement` alone: a factor on how many answers the model tries. */
  computeMultiplier: autoOr(z.number().min(0.00001).max(10)),
};

/** How a model learns: from answers, from pairs of a preferred answer and another, or from grades of answers of its own. */
export const methods = ['supervised', 'dpo', 'reinforcement'] as const;
export type Method = (typeof methods)[number];

const source = z
  .string()
  .min(1)
  .refine(
    (text) => dataSource(text) !== undefined,
    'use a path, https://HOST/PATH without keys in it, s3://BUCKET/KEY, platform:FILE_ID, or artifact:SHA256-BYTES',
  );

/** How the deployments of a registered model are kept. */
export const serveSchema = z.strictObject({
  /** So long a version that was replaced stands on. */
  keepPreviousHours: z.number().min(0).max(8760).default(24),
  /** Seconds between two looks at each. */
  lookSeconds: z.number().min(0.1).max(3600).default(60),
});

export const dataSchema = z.strictObject({
  train: source,
  /** Files of one's own; where one is absent, a share of `train` is set aside. */
  validation: source.optional(),
  test: source.optional(),
});

/** One of the bases or parameters that a run tries: what it does not name is as the run's. */
const trySchema = z.strictObject({
  /** What reports call it; `try-1` and so on when absent. */
  name: modelName.optional(),
  model: z.string().min(1).optional(),
  hyperparameters: z.strictObject(hyperparameterSchemas).partial().optional(),
  seed: z.int().min(0).optional(),
});

/** What of `train` is set aside where no files of their own are named, and how. */
export const splitSchema = z.strictObject({
  validation: share.default(0.1),
  test: share.default(0.2),
  seed: z.int().min(0).default(1),
  /** Examples of which it is equal stay in one part. */
  groupBy: field.optional(),
  /** The newest examples are held out. */
  timeBy: field.optional(),
});

const runFields = z.strictObject({
  name: modelName.optional(),
  connection: z.string().min(1).default('openai'),
  model: z.string().min(1),
  method: z.enum(methods).default('supervised'),
  data: dataSchema,
  split: splitSchema.prefault({}),
  hyperparameters: z
    .strictObject({
      epochs: hyperparameterSchemas.epochs.default('auto'),
      batchSize: hyperparameterSchemas.batchSize.default('auto'),
      learningRateMultiplier: hyperparameterSchemas.learningRateMultiplier.default('auto'),
      beta: hyperparameterSchemas.beta.optional(),
      computeMultiplier: hyperparameterSchemas.computeMultiplier.optional(),
    })
    .prefault({}),
  /** Of `reinforcement` alone: what it is rewarded by, where that is not the evaluation's grader. */
  reward: rewardSchema.optional(),
  seed: z.int().min(0).default(1),
  /** Each is trained; the one that does best on the validation examples is the run's result. */
  tries: z.array(trySchema).min(2).max(8).optional(),
  suffix: z.string().min(1).max(64).optional(),
  /** A job that overfits is stopped before its end, and the best of its checkpoints is the result. */
  stopEarly: z.boolean().default(false),
  /** In US dollars: what the estimate must not be above. */
  budgetUsd: z.number().positive(),
  /** Above its own budget or the month's of its connection a run is refused, or waits for a person. */
  overBudget: z.enum(['refuse', 'ask']).default('refuse'),
  /** 1 first, 5 last: of the connection's job slots, and of Temporal's tasks. */
  priority: z.int().min(1).max(5).default(3),
  /** The run is refused when the base model has less life left than this. */
  minimumLifeDays: z.number().min(0).default(14),
  evaluation: z
    .strictObject({
      grader: graderSchema.default({ type: 'exact_match', normalise: true }),
      /** At most so many held-out examples, taken from the start of the (already shuffled) file. */
      maxExamples: z.int().min(1).optional(),
      concurrency: z.int().min(1).max(256).default(8),
      maxOutputTokens: z.int().min(1).default(256),
      /** What a model was asked before under the same settings it is not asked again. */
      reuseAnswers: z.boolean().default(true),
      /** Questions are handed in together, answered within a day and cost less, where the platform has that. */
      batch: z.boolean().default(false),
      /** Asks the base model as well, with so many training examples shown in its prompt: is tuning worth it? */
      prompted: z.strictObject({ examples: z.int().min(1).max(64).default(8) }).optional(),
      /** Fields of the held-out lines by which results are told apart, beside the label. */
      slices: z.array(field).max(8).default([]),
      /** `best`: where training has overfitted, the checkpoint that does best on the validation examples is the result. */
      checkpoint: z.enum(['best', 'last']).default('best'),
      /** Where models are deployed for it: after so long the deployments are removed, and a person decides. */
      deploymentHours: z.number().positive().max(8760).default(24),
    })
    .prefault({}),
  /** The registered model of which the result becomes a version, and which it is to serve when it passes the gate. */
  register: modelName.optional(),
  /** Whether versions in service stand under deployments, where the platform serves models so, and how those are kept. */
  serve: serveSchema.optional(),
  /** What the result has to show before it is promoted. */
  gate: gateSchema.prefault({}),
  /** Seconds between two looks at a job that trains; a webhook shortens the wait. */
  pollSeconds: z.number().min(0.1).max(3600).default(30),
});

const gradesWhatItSees = ({ evaluation }: Pick<z.output<typeof runFields>, 'evaluation'>) =>
  !evaluation.batch || !gradesLatency(evaluation.grader);
const latencyUnseen = {
  path: ['evaluation', 'grader'],
  message: 'how long an answer takes is not seen by batch: leave evaluation.batch out, or grade without latency',
};

/** An evaluation without a run, as a person asks for it. */
const evaluateRequestSchema = runFields
  .pick({ method: true, seed: true, evaluation: true, budgetUsd: true, pollSeconds: true })
  .extend({
    models: z.array(z.string().min(1)).min(1).max(8),
    data: source,
    train: source.optional(),
  })
  .refine(({ evaluation, train }) => evaluation.prompted === undefined || train !== undefined, {
    path: ['train'],
    message: 'name the examples of which some are to be shown',
  })
  .refine(({ models }) => new Set(models).size === models.length, {
    path: ['models'],
    message: 'name each model once',
  })
  .refine(gradesWhatItSees, latencyUnseen);
/** The same before defaults are filled in. */
export type EvaluateRequestInput = z.input<typeof evaluateRequestSchema>;

/** A run, as a person writes it. */
export const runConfigSchema = runFields
  .refine(
    ({ method, hyperparameters, tries = [] }) =>
      method === 'dpo' || [{ hyperparameters }, ...tries].every((one) => one.hyperparameters?.beta === undefined),
    { path: ['hyperparameters', 'beta'], message: 'only the method dpo has a beta' },
  )
  .refine(({ stopEarly, data, split }) => !stopEarly || data.validation !== undefined || split.validation > 0, {
    path: ['stopEarly'],
    message: 'needs validation examples: name data.validation, or set split.validation above 0',
  })
  .refine(({ stopEarly, evaluation }) => !stopEarly || evaluation.checkpoint === 'best', {
    path: ['stopEarly'],
    message: 'takes the best checkpoint: leave evaluation.checkpoint at best',
  })
  .refine(({ tries, data, split }) => !tries || data.validation !== undefined || split.validation > 0, {
    path: ['tries'],
    message: 'tries are told apart by validation examples: name data.validation, or set split.validation above 0',
  })
  .refine((run) => allDiffer(triesOf(run).map(({ name }) => name)), {
    path: ['tries'],
    message: 'two tries have the same name',
  })
  .refine((run) => allDiffer(triesOf(run).map(({ config }) => trainedBy(config))), {
    path: ['tries'],
    message: 'two tries are the same: they differ in model, hyperparameters or seed',
  })
  .refine(({ evaluation, gate }) => !evaluation.batch || gate.maximumMedianMs === undefined, {
    path: ['gate', 'maximumMedianMs'],
    message: 'how long an answer takes is not seen by batch: leave evaluation.batch out, or this',
  })
  .refine(gradesWhatItSees, latencyUnseen)
  .refine(({ serve, register }) => !serve || register !== undefined, {
    path: ['serve'],
    message: 'name the registered model in `register`: only a version of one is served',
  })
  .refine(
    ({ method, hyperparameters, tries = [] }) =>
      method === 'reinforcement' ||
      [{ hyperparameters }, ...tries].every((one) => one.hyperparameters?.computeMultiplier === undefined),
    { path: ['hyperparameters', 'computeMultiplier'], message: 'only the method reinforcement has one' },
  )
  .refine(({ method, reward }) => method === 'reinforcement' || reward === undefined, {
    path: ['reward'],
    message: 'only the method reinforcement is rewarded',
  });

/** What a job is made of: two that are equal in it would be paid for the same. */
function trainedBy({ model, hyperparameters, seed }: RunConfig): string {
  const { epochs, batchSize, learningRateMultiplier, beta, computeMultiplier } = hyperparameters;
  return JSON.stringify([model, epochs, batchSize, learningRateMultiplier, beta, computeMultiplier, seed]);
}

function allDiffer(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

export type RunConfig = z.output<typeof runFields>;
/** A run before defaults are filled in: what callers pass. */
export type RunConfigInput = z.input<typeof runFields>;

/** Checks a run's configuration and fills in the defaults. Throws `invalid_config` naming every problem at once. */
export function parseRunConfig(input: unknown): RunConfig {
  return parsed(runConfigSchema, input, 'The run configuration');
}

/** The same for an evaluation without a run. */
export function parseEvaluateRequest(input: unknown): z.infer<typeof evaluateRequestSchema> {
  return parsed(evaluateRequestSchema, input, 'The evaluation');
}

function parsed<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new TunewrightError('invalid_config', `${what} is not valid:\n${describeIssues(result.error, schema)}`, {
    advice: 'Mend the fields named; docs/configuration.md lists them all.',
  });
}
