import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';
import { baseAddress, headerValues, variableName } from '../secrets.ts';

/** The search for a lost create must end before the attempt that makes it does. */
const longestLagSeconds = 240;

/** Words of the job's field `trainingType`. */
const trainingTypes = ['standard', 'globalStandard', 'developerTier'] as const;

/** A connection to an Azure OpenAI resource. */
export const azureSettingsSchema = z.strictObject({
  platform: z.literal('azure'),
  /** `https://RESOURCE.openai.azure.com` */
  endpoint: baseAddress,
  /** Of the older surface, such as `2024-10-21`; the v1 surface when absent. */
  apiVersion: z.string().optional(),
  /** The environment variable that holds the resource's key; where it is not set, Entra ID is asked for tokens. */
  apiKeyEnv: variableName.default('AZURE_OPENAI_API_KEY'),
  /** Where and how models are deployed for an evaluation. */
  management: z.strictObject({
    subscription: z.string(),
    resourceGroup: z.string(),
    account: z.string(),
    url: baseAddress.default('https://management.azure.com'),
    /** The environment variable that holds a token for it; where it is not set, Entra ID is asked. */
    tokenEnv: variableName.default('AZURE_MANAGEMENT_TOKEN'),
  }),
  /** What is deployed for an evaluation: the developer tier costs nothing while it stands and is gone after a day. */
  deployment: z
    .strictObject({
      baseSku: z.string().default('GlobalStandard'),
      tunedSku: z.string().default('DeveloperTier'),
      /** Whose the models are, in the management plane's words; of open models such as `Mistral AI`, `Meta`, `Alibaba`. */
      modelFormat: z.string().default('OpenAI'),
      /** In thousands of tokens a minute. */
      capacity: z.int().positive().default(50),
      /** Of a tuned model, US dollars an hour, where it is billed. */
      hourlyUsd: z.number().min(0).optional(),
    })
    .prefault({}),
  /** Deployments that stand anyway, by base model: they are asked, and never removed. */
  deployments: z.record(z.string(), z.string()).default({}),
  trainingType: z.enum(trainingTypes).optional(),
  headers: headerValues.optional(),
  /** The environment variable that holds the webhook's signing secret (`whsec_…`). */
  webhookSecretEnv: variableName.default('AZURE_OPENAI_WEBHOOK_SECRET'),
  timeoutSeconds: z.number().positive().default(60),
  /** How far a listing may lag behind a creation; a create whose answer was lost is looked for that long. */
  listLagSeconds: z.number().min(0).max(longestLagSeconds).default(45),
  /** Prices, limits and models of this resource. */
  catalogue: catalogueChangesSchema.optional(),
  /** Set when the endpoint is a simulation and bills nobody. */
  simulated: z.boolean().default(false),
});
export type AzureSettings = z.infer<typeof azureSettingsSchema>;
