import { z } from 'zod';

/** What is read of the platform's answers. Loose: a field that is added tomorrow must not break a run. */

export const fileShape = z.looseObject({
  id: z.string().min(1),
  filename: z.string(),
  bytes: z.number(),
  purpose: z.string(),
  status: z.string().optional(),
  status_details: z.string().nullish(),
});

export const heldFileShape = fileShape.extend({ created_at: z.number() });

export const uploadShape = z.looseObject({
  id: z.string().min(1),
  status: z.string(),
  file: fileShape.nullish(),
});

export const partShape = z.looseObject({ id: z.string().min(1) });

export const jobShape = z.looseObject({
  id: z.string().min(1),
  created_at: z.number(),
  status: z.string(),
  fine_tuned_model: z.string().nullish(),
  trained_tokens: z.number().nullish(),
  estimated_finish: z.number().nullish(),
  training_file: z.string(),
  result_files: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  // A healthy job may carry {} or a record of nulls here.
  error: z
    .looseObject({ code: z.string().nullish(), message: z.string().nullish(), param: z.string().nullish() })
    .nullish(),
});
export type JobShape = z.infer<typeof jobShape>;

const hyperparametersShape = z.record(z.string(), z.unknown()).nullish();

/** A job as an account lists it: with what it was made of, of which older ones lack some. */
export const accountJobShape = jobShape.extend({
  model: z.string(),
  validation_file: z.string().nullish(),
  seed: z.number().nullish(),
  user_provided_suffix: z.string().nullish(),
  hyperparameters: hyperparametersShape,
  method: z
    .looseObject({
      type: z.string(),
      supervised: z.looseObject({ hyperparameters: hyperparametersShape }).nullish(),
      dpo: z.looseObject({ hyperparameters: hyperparametersShape }).nullish(),
      reinforcement: z.looseObject({ hyperparameters: hyperparametersShape }).nullish(),
    })
    .nullish(),
});
export type AccountJobShape = z.infer<typeof accountJobShape>;

export const batchShape = z.looseObject({
  id: z.string().min(1),
  created_at: z.number(),
  status: z.string(),
  input_file_id: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  errors: z
    .looseObject({
      data: z.array(z.looseObject({ code: z.string().nullish(), message: z.string().nullish() })).nullish(),
    })
    .nullish(),
  request_counts: z.looseObject({ completed: z.number() }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type BatchShape = z.infer<typeof batchShape>;

/** A line of a batch's output. */
export const batchLineShape = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({ status_code: z.number(), body: z.unknown() }).nullish(),
});

export const eventShape = z.looseObject({
  id: z.string(),
  created_at: z.number(),
  level: z.string(),
  message: z.string(),
  type: z.string().nullish(),
  data: z.unknown().optional(),
});
export type EventShape = z.infer<typeof eventShape>;

export const checkpointShape = z.looseObject({
  fine_tuned_model_checkpoint: z.string(),
  step_number: z.number(),
  metrics: z.record(z.string(), z.unknown()).nullish(),
});

export const modelShape = z.looseObject({
  id: z.string().min(1),
  created: z.number().nullish(),
  shutdown_date: z.string().nullish(),
  capabilities: z.looseObject({ fine_tune: z.boolean().nullish() }).nullish(),
  deprecation: z.looseObject({ inference: z.number().nullish() }).nullish(),
});
export type ModelShape = z.infer<typeof modelShape>;

/** Some servers give arguments as an object. */
export const toolCallShape = z.looseObject({
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string(), arguments: z.unknown() }),
});

export const embeddingsShape = z.looseObject({
  data: z.array(z.looseObject({ index: z.int(), embedding: z.array(z.number()).min(1) })),
  usage: z.looseObject({ prompt_tokens: z.number() }).nullish(),
});

export const completionShape = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(z.unknown()).nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});
