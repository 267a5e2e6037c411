import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';
import { variableName } from '../secrets.ts';
import { trainingSchema } from './training-settings.ts';

/** Of a folder; without the slash at its end. */
const s3Uri = z
  .string()
  .regex(/^s3:\/\/[a-z0-9.-]{3,63}(\/[^/]+)*\/?$/, 'is not of the form s3://BUCKET/PREFIX')
  .transform((uri) => uri.replace(/\/$/, ''));

const fields = z.strictObject({
  platform: z.literal('sagemaker'),
  region: z.string().min(1),
  /** The role that jobs and endpoints take on: it reads and writes `storage` and pulls the images. */
  roleArn: z.string().min(1),
  /** Where data, checkpoints and models lie. */
  storage: s3Uri,
  /** Base models of one's own, by name: folders in S3. All others are names of Hugging Face's hub. */
  models: z.record(z.string(), s3Uri).default({}),
  training: trainingSchema,
  serving: z.strictObject({
    /** An image that serves OpenAI's chat protocol, such as AWS's own ones of vLLM. */
    image: z.string().min(1),
    instanceType: z.string().min(1),
    /** What the image is told; `{model}` is a folder in its container, or a name of the hub. */
    environment: z.record(z.string(), z.string()).default({ HF_MODEL_ID: '{model}' }),
    /** What the instance costs, US dollars an hour. */
    hourlyUsd: z.number().min(0),
    /** Further fields of `CreateModel`, such as `VpcConfig`. */
    modelFields: z.record(z.string(), z.unknown()).default({}),
    /** Further fields of the production variant, such as `InferenceAmiVersion`. */
    variantFields: z.record(z.string(), z.unknown()).default({}),
    /** What a model takes of an instance, where endpoints hold inference components: adapters are served so alone. */
    component: z.strictObject({ memoryMb: z.int().min(128), accelerators: z.int().positive().optional() }).optional(),
  }),
  /** Endpoints that stand anyway, by the model that they serve: they are asked, and never removed. */
  deployments: z.record(z.string(), z.string()).default({}),
  /** How long a create that was lost on its way may still have its effect. */
  listLagSeconds: z.number().min(0).default(60),
  timeoutSeconds: z.number().positive().default(60),
  /** The environment variable that holds the secret of EventBridge's API destination. */
  webhookSecretEnv: variableName.default('SAGEMAKER_WEBHOOK_SECRET'),
  /** The SNS topic whose messages count as webhooks. */
  webhookTopicArn: z
    .string()
    .regex(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'is no ARN of an SNS topic')
    .optional(),
  /** Other addresses than AWS's own: for tests, and for private ones. */
  endpoints: z.strictObject({ sagemaker: z.url(), s3: z.url(), runtime: z.url(), sns: z.url() }).partial().default({}),
  /** Limits, and models that are not as others. */
  catalogue: catalogueChangesSchema.optional(),
});
export type SageMakerSettings = z.infer<typeof fields>;

/** A connection to AWS SageMaker. Credentials are those that the AWS SDK finds. */
export const sageMakerSettingsSchema = fields.refine(
  ({ training, serving }) => !('serverless' in training && training.serverless.peft === 'lora') || serving.component,
  { path: ['serving', 'component'], message: 'is needed: what training.serverless.peft "lora" makes are adapters' },
);
