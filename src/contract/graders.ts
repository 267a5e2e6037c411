import { z } from 'zod';

const answer = z.string().default('{{sample.output_text}}');
const reference = z.string().default('{{item.reference}}');
/** The least score with which an answer passes. */
const threshold = z.number().optional();
const ofShares = z.number().min(0, 'is a share, from 0 to 1').max(1, 'is a share, from 0 to 1');
const atLeastOne = (grader: Record<string, unknown>, fields: readonly string[]) =>
  fields.some((field) => grader[field] !== undefined);

/** OpenAI names every grader; here a name is for people, and for the formula of `multi`. */
const named = { name: z.string().min(1).optional() };

/** Of OpenAI's content blocks those of text. */
const textContent = z.strictObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const content = z.union([z.string(), textContent, z.array(z.union([z.string(), textContent])).min(1)]);
const judgeInput = z
  .array(
    z.strictObject({
      type: z.literal('message').optional(),
      role: z.enum(['user', 'assistant', 'system', 'developer']),
      content,
    }),
  )
  .min(1);

const samplingParams = z
  .strictObject({
    seed: z.int().nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    max_completions_tokens: z.int().min(1).nullish(),
    reasoning_effort: z.string().nullish(),
  })
  .prefault({});

/** Whom to ask; `connection` is the run's where it is absent. */
const judge = {
  ...named,
  model: z.string().min(1),
  connection: z.string().min(1).optional(),
  sampling_params: samplingParams,
};

export const metrics = [
  'fuzzy_match',
  'bleu',
  'gleu',
  'meteor',
  'cosine',
  'rouge_1',
  'rouge_2',
  'rouge_3',
  'rouge_4',
  'rouge_5',
  'rouge_l',
] as const;
export type Metric = (typeof metrics)[number];

const exactMatch = z.strictObject({
  type: z.literal('exact_match'),
  ...named,
  /** Compare without regard to case, outer white space and a final full stop. */
  normalise: z.boolean().default(false),
});

const stringCheck = z.strictObject({
  type: z.literal('string_check'),
  ...named,
  operation: z.enum(['eq', 'ne', 'like', 'ilike']),
  input: answer,
  reference,
});

const textSimilarity = z
  .strictObject({
    type: z.literal('text_similarity'),
    ...named,
    evaluation_metric: z.enum(metrics),
    input: answer,
    reference,
    pass_threshold: ofShares.optional(),
    /** Who embeds, of `cosine` alone. */
    model: z.string().min(1).optional(),
    connection: z.string().min(1).optional(),
  })
  .refine((grader) => grader.evaluation_metric === 'cosine' || !atLeastOne(grader, ['model', 'connection']), {
    path: ['model'],
    message: 'only cosine asks a model',
  });

const scoreModel = z
  .strictObject({
    type: z.literal('score_model'),
    ...judge,
    input: judgeInput,
    range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'name the lower bound first')
      .default([0, 1]),
    pass_threshold: threshold,
  })
  .refine(({ range: [low, high], pass_threshold: least = low }) => low <= least && least <= high, {
    path: ['pass_threshold'],
    message: 'must be within range',
  });

const labelModel = z
  .strictObject({
    type: z.literal('label_model'),
    ...judge,
    input: judgeInput,
    labels: z
      .array(z.string().min(1))
      .min(2)
      .refine((labels) => new Set(labels).size === labels.length, 'a label stands twice'),
    passing_labels: z.array(z.string()).min(1),
  })
  .refine(({ labels, passing_labels: passing }) => passing.every((label) => labels.includes(label)), {
    path: ['passing_labels'],
    message: 'must be among labels',
  });

const pairwise = z.strictObject({
  type: z.literal('pairwise'),
  ...judge,
  /** By what the judge prefers. */
  criteria: z.string().min(1).default('Which of the two answers the request better: correct, complete, to the point?'),
  /** What was asked, for the judge to see; the messages of the example when absent. */
  request: z.string().optional(),
  input: answer,
  reference,
  /** 1 preferred in both orders, 0.5 a tie or a contradiction, 0 the reference preferred in both. */
  pass_threshold: ofShares.default(0.5),
});

const python = z.strictObject({
  type: z.literal('python'),
  ...named,
  /** Defines `grade(sample, item)`, which answers a number. */
  source: z.string().refine((text) => /^def grade\(/m.test(text), 'must define grade(sample, item)'),
  pass_threshold: threshold,
});

const module = z.strictObject({
  type: z.literal('module'),
  ...named,
  /** Relative to the folder that the worker's settings name; it exports `grade(sample, item)`. */
  module: z.string().min(1),
  pass_threshold: threshold,
});

const numeric = z.strictObject({
  type: z.literal('numeric'),
  ...named,
  input: answer,
  reference,
  /** Which number of a text counts. */
  which: z.enum(['first', 'last']).default('last'),
  /** By how much the answer may be off; where both are given, the wider one counts. */
  absolute: z.number().min(0).default(0),
  /** The same as a share of the reference. */
  relative: z.number().min(0).default(0),
});

const json = z
  .strictObject({
    type: z.literal('json'),
    ...named,
    check: z.enum(['valid', 'schema', 'fields']).default('fields'),
    /** JSON Schema, draft 2020-12 or 07. */
    schema: z.record(z.string(), z.unknown()).optional(),
    input: answer,
    /** Of `fields` alone. */
    reference,
    /** The share of equal fields with which an answer passes. */
    pass_threshold: ofShares.default(1),
  })
  .refine(({ check, schema }) => (check === 'schema') === (schema !== undefined), {
    path: ['schema'],
    message: 'belongs to check: schema, and to it alone',
  });

const toolCalls = z.strictObject({
  type: z.literal('tool_calls'),
  ...named,
  reference,
  ignore_order: z.boolean().default(false),
  /** Compare the names alone. */
  ignore_arguments: z.boolean().default(false),
});

const regex = z.strictObject({
  type: z.literal('regex'),
  ...named,
  /** In RE2's syntax. */
  pattern: z.string().min(1),
  flags: z
    .string()
    .regex(/^[ims]*$/, 'of i, m and s')
    .default(''),
  input: answer,
  expect: z.enum(['match', 'no_match']).default('match'),
});

const refusal = z.strictObject({
  type: z.literal('refusal'),
  ...named,
  /** What passes. */
  expect: z.enum(['answer', 'refusal']).default('answer'),
  /** More ways in which an answer that refuses begins, whatever the case. */
  phrases: z.array(z.string().min(1)).default([]),
});

const count = z.int().min(0).optional();
const lengthBounds = ['min_chars', 'max_chars', 'min_words', 'max_words'] as const;
const length = z
  .strictObject({
    type: z.literal('length'),
    ...named,
    input: answer,
    min_chars: count,
    max_chars: count,
    min_words: count,
    max_words: count,
  })
  .refine((grader) => atLeastOne(grader, lengthBounds), `needs one of ${lengthBounds.join(', ')}`);

const latency = z.strictObject({ type: z.literal('latency'), ...named, max_ms: z.number().positive() });

const cost = z.strictObject({ type: z.literal('cost'), ...named, max_usd: z.number().positive() });

const single = [
  exactMatch,
  stringCheck,
  textSimilarity,
  scoreModel,
  labelModel,
  pairwise,
  python,
  module,
  numeric,
  json,
  toolCalls,
  regex,
  refusal,
  length,
  latency,
  cost,
] as const;

const singleSchema = z.discriminatedUnion('type', [...single]);

const multi = z.strictObject({
  type: z.literal('multi'),
  ...named,
  /** By the names that the formula uses. */
  graders: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'use letters, digits and _, not a digit first'), singleSchema)
    .refine((graders) => Object.keys(graders).length > 0, 'name at least one'),
  calculate_output: z.string().min(1),
  pass_threshold: threshold,
});

/** A run's history holds it, which takes no payload over 32 KiB. */
const mostBytes = 24 * 1024;

/** Those whose score says nothing of passing until a bound is named. */
const scoring: readonly string[] = ['text_similarity', 'score_model', 'python', 'module', 'multi'];

/** Scores one answer, as training by reinforcement wants it: no bound has to be named. */
export const rewardSchema = z
  .discriminatedUnion('type', [...single, multi])
  .refine((grader) => Buffer.byteLength(JSON.stringify(grader)) <= mostBytes, {
    message: `is longer than ${mostBytes / 1024} KiB as JSON; put code into a module`,
  });

/**
 * Grades one answer. Names and fields are those of OpenAI's grader objects; `exact_match`, `pairwise`, `module`, `numeric`,
 * `json`, `tool_calls`, `regex`, `refusal`, `length`, `latency` and `cost` are ours.
 */
export const graderSchema = rewardSchema.refine(
  (grader) => !scoring.includes(grader.type) || atLeastOne(grader, ['pass_threshold']),
  { path: ['pass_threshold'], message: 'is needed: with which score does an answer pass?' },
);

/** Whether it judges how long an answer takes. */
export function gradesLatency(grader: GraderConfig): boolean {
  if (grader.type === 'multi') return Object.values(grader.graders).some(gradesLatency);
  return grader.type === 'latency';
}

export type SingleGraderConfig = z.infer<typeof singleSchema>;
export type GraderConfig = z.infer<typeof graderSchema>;
/** The configuration of one type of grader. */
export type ConfigOf<Type extends GraderConfig['type']> = Extract<GraderConfig, { type: Type }>;
