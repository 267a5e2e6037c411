import { z } from 'zod';
import { tuningSchema } from '../trainer/tuning.ts';

const furtherFields = z.record(z.string(), z.unknown()).default({});
/** SageMaker stops a job that trains for longer, and it has failed. */
const maxHours = z.number().positive().default(24);

/** The trainer in a container, on instances that are billed by the hour. */
const instancesSchema = z.strictObject({
  /** An image that holds the trainer: trainers/huggingface/Dockerfile. */
  image: z.string().min(1),
  instanceType: z.string().min(1),
  volumeGb: z.int().positive().default(100),
  maxHours,
  /** Spot instances; `maxHours` of waiting for them come on top. */
  spot: z.boolean().default(false),
  /** What the instance costs, US dollars an hour. */
  hourlyUsd: z.number().min(0),
  environment: z.record(z.string(), z.string()).default({}),
  tuning: tuningSchema.prefault({}),
  /** Further fields of `CreateTrainingJob`, such as `VpcConfig`. */
  jobFields: furtherFields,
});
export type Instances = z.infer<typeof instancesSchema>;

const thousands = ['1K', '2K', '4K', '8K', '16K', '32K', '64K', '128K'] as const;

/** A reward function or prompt that was registered: sagemaker-python-sdk, `Evaluator`. */
const evaluatorArn = z.string().regex(/^arn:[^:]+:sagemaker:[^:]*:[^:]*:hub-content\//, 'is no ARN of an evaluator');

/** By what recipes of reinforcement reward: verifiable rewards of a function (RLVR), or what a judge says (RLAIF). */
const rewardSchema = z.union([
  /** A Lambda function. */
  z.strictObject({ evaluatorArn }),
  /** One of SageMaker's own, such as `gsm8k`, `prime_math` and `prime_code`. */
  z.strictObject({ preset: z.string().regex(/^\w+$/) }),
  z.strictObject({
    /** A model of Bedrock, such as `openai.gpt-oss-120b-1:0`. */
    judge: z.string().min(1),
    /** How it judges: a prompt of one's own, else a template of the recipe, by its path. */
    prompt: z.union([z.strictObject({ evaluatorArn }), z.strictObject({ template: z.string().min(1) })]),
  }),
]);

/** SageMaker's own recipes for models of its public hub, on machines that nobody sees. */
const serverlessSchema = z.strictObject({
  /** Where the tuned models are kept. */
  modelPackageGroupArn: z.string().regex(/^arn:[^:]+:sagemaker:/, 'is no ARN of SageMaker'),
  /** That the base model's licence was read and is accepted, which nobody but the user can say. */
  acceptEula: z.boolean().default(false),
  /** Adapters, or all weights. */
  peft: z.enum(['lora', 'none']).default('lora'),
  /** Tokens of the longest example; SageMaker chooses a recipe by it. */
  sequenceLength: z.enum(thousands).optional(),
  /** Without it no model learns by reinforcement. */
  reward: rewardSchema.optional(),
  /** Before the run's multiplier; the recipe's own when absent. */
  learningRate: z.number().positive().optional(),
  /** Further hyperparameters of the model's recipe. */
  hyperparameters: z.record(z.string(), z.string().max(256)).default({}),
  maxHours,
  /** Further fields of `CreateTrainingJob`, such as `MlflowConfig`. */
  jobFields: furtherFields,
});
export type Serverless = z.infer<typeof serverlessSchema>;

const either = 'is either `serverless` or an image on instances';

/** Either of both: `{ serverless }`, or what a container on instances wants. */
export const trainingSchema = z
  .record(z.string(), z.unknown())
  .transform((given, context): Instances | { serverless: Serverless } => {
    const { serverless, ...others } = given;
    const problem = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (serverless === undefined && given.image === undefined) return problem(`${either}: it names neither`);
    if (serverless !== undefined && Object.keys(others).length > 0) {
      return problem(`${either}: leave out ${Object.keys(others).join(', ')}, or serverless`);
    }
    const schema = serverless === undefined ? instancesSchema : z.strictObject({ serverless: serverlessSchema });
    const read = schema.safeParse(given);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });

/** The longest example that the setting allows; all that any recipe takes where it is not set. */
export function sequenceTokens({ sequenceLength = '128K' }: Serverless): number {
  return Number.parseInt(sequenceLength, 10) * 1024;
}
