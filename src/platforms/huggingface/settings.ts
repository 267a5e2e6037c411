import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';
import { baseAddress, variableName } from '../secrets.ts';
import { tuningSchema } from '../trainer/tuning.ts';

/** Training on machines of Hugging Face Jobs, with data, events and models in repositories of the hub. */
const hubJobsSchema = z.strictObject({
  /** The user or organisation that pays, and owns the repositories. */
  namespace: z.string().regex(/^[\w.-]+$/, 'is no name of a user or an organisation'),
  /** The machine, such as `a10g-small`. */
  flavor: z.string().min(1),
  /** An image that holds the trainer: trainers/huggingface/Dockerfile. */
  image: z.string().min(1),
  /** A job that runs for longer is ended. Hugging Face's own limit is half an hour, where none is set. */
  timeoutSeconds: z.int().positive().default(86_400),
  /** What the machine costs, US dollars an hour. */
  hourlyUsd: z.number().min(0),
  /** The environment variable with a token that may write to the namespace and start jobs. */
  tokenEnv: variableName.default('HF_TOKEN'),
  /** A private dataset repository of the namespace, which is made where it is not there. */
  repository: z
    .string()
    .regex(/^[\w.-]+$/, 'is no name of a repository')
    .default('tunewright'),
  /** How far a listing of jobs may lag behind a creation. */
  listLagSeconds: z.number().min(0).max(240).default(30),
  /** Another address than the hub's own. */
  url: baseAddress.default('https://huggingface.co'),
});
export type HubJobs = z.infer<typeof hubJobsSchema>;

const fields = z.strictObject({
  platform: z.literal('huggingface'),
  /** What workers and trainers share: data, checkpoints and models lie there. A folder that all mount, or a bucket. */
  storage: z
    .string()
    .regex(/^(s3:\/\/[^/?#@:]+(\/[^?#]*)?|(?![\w+-]+:\/\/).+)$/, 'is no folder, and not s3://BUCKET/PREFIX')
    .optional(),
  /** Machines of Hugging Face train in place of one's own. */
  jobs: hubJobsSchema.optional(),
  /** What the trainers poll, in this service's own Temporal namespace. */
  taskQueue: z.string().min(1).default('huggingface'),
  training: tuningSchema.prefault({}),
  serving: z
    .strictObject({
      /** A model that is still served after that is put down: idle machines cost money. */
      hours: z.number().positive().default(24),
      /** What one costs while it is served, US dollars an hour. */
      hourlyUsd: z.number().min(0).optional(),
    })
    .prefault({}),
  /** Servers of one's own that answer others' requests for a model, such as vLLM's. */
  servers: z
    .record(
      z.string(),
      z.strictObject({
        /** Under which `/chat/completions` is. */
        baseURL: baseAddress,
        /** The model as the server knows it; by its own id when absent. */
        model: z.string().optional(),
        /** The environment variable that holds the server's key, where it wants one. */
        apiKeyEnv: variableName.optional(),
      }),
    )
    .default({}),
  /** After so much silence a trainer is taken for dead, and another one goes on from its last checkpoint. */
  heartbeatSeconds: z.number().min(2).default(30),
  timeoutSeconds: z.number().positive().default(60),
  /** Limits, and models that are not as others: prices among them. */
  catalogue: catalogueChangesSchema.optional(),
});
export type HuggingFaceSettings = z.infer<typeof fields>;

/** A connection to trainers on one's own machines, or to Hugging Face Jobs; what was trained there is served on one's own too. */
export const huggingFaceSettingsSchema = fields.refine(
  ({ storage, jobs }) => (storage === undefined) !== (jobs === undefined),
  'Either `storage`, for trainers on machines of your own, or `jobs`, for those of Hugging Face: exactly one of both.',
);
