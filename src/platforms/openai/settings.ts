import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';
import { lackable } from '../protocol/differences.ts';
import { baseAddress, headerValues, variableName } from '../secrets.ts';

/** The search for a lost create must end before the attempt that makes it does. */
const longestLagSeconds = 240;

/** A connection to OpenAI or to any endpoint that speaks its fine-tuning protocol. */
export const openaiSettingsSchema = z.strictObject({
  platform: z.literal('openai'),
  baseURL: baseAddress.optional(),
  /** The environment variable that holds the key; the key itself is never in a file. */
  apiKeyEnv: variableName.default('OPENAI_API_KEY'),
  organization: z.string().optional(),
  project: z.string().optional(),
  headers: headerValues.optional(),
  /** The environment variable that holds the webhook's signing secret (`whsec_…`). */
  webhookSecretEnv: variableName.default('OPENAI_WEBHOOK_SECRET'),
  timeoutSeconds: z.number().positive().default(60),
  /** How far a listing may lag behind a creation; a create whose answer was lost is looked for that long. */
  listLagSeconds: z.number().min(0).max(longestLagSeconds).default(45),
  /** What this endpoint does not have of the protocol, and is not asked for. */
  lacks: z.array(z.enum(lackable)).default([]),
  /** More fields for each job that is created. */
  jobFields: z.record(z.string(), z.unknown()).optional(),
  /** More hyperparameters for each job. */
  hyperparameters: z.record(z.string(), z.unknown()).optional(),
  /** For an endpoint that takes a learning rate: what a multiplier of 1 stands for. */
  learningRate: z.number().positive().optional(),
  /** By what jobs by reinforcement are graded there, in the endpoint's own fields; the run's reward when absent. */
  reward: z.record(z.string(), z.unknown()).optional(),
  /** Where checkpoints are made models, for an endpoint whose jobs name none. */
  checkpointModels: baseAddress.optional(),
  /** Limits and models of this endpoint, where they are not those of the platform. */
  catalogue: catalogueChangesSchema.optional(),
  /** Set when the endpoint is a simulation and bills nobody. */
  simulated: z.boolean().default(false),
});
export type OpenAISettings = z.infer<typeof openaiSettingsSchema>;
