import { type CatalogueChanges, findModel, overlay, type PlatformEntry, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory, PlatformFacts } from '../factory.ts';
import { account } from '../protocol/account.ts';
import { batches } from '../protocol/batches.ts';
import { chat } from '../protocol/chat.ts';
import { checkpointModels } from '../protocol/checkpoint-models.ts';
import { embeddings } from '../protocol/embeddings.ts';
import { files } from '../protocol/files.ts';
import { holdings } from '../protocol/holdings.ts';
import { jobs } from '../protocol/jobs.ts';
import { protocolMethods } from '../protocol/method.ts';
import { models } from '../protocol/models.ts';
import { protocolReinforcement } from '../protocol/reinforcement.ts';
import { training } from '../protocol/training.ts';
import { webhooks } from '../protocol/webhooks.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { openaiClient, openaiEndpoint } from './client.ts';
import { type OpenAISettings, openaiSettingsSchema } from './settings.ts';

const builtIn = platformEntrySchema.parse(catalogue);

/** OpenAI's API, and every endpoint that speaks its fine-tuning protocol, by `baseURL`. */
export const openai: PlatformFactory<OpenAISettings> = {
  name: 'openai',
  settingsSchema: openaiSettingsSchema,

  create(settings, { env, catalogue: user }) {
    const client = openaiClient(settings, env);
    const entry = entryOf(settings, user);
    const stored = files(client, entry.limits);
    const { lacks, reward } = settings;
    // Without metadata one could not be found again.
    const batched = lacks.includes('batches') || lacks.includes('metadata') ? undefined : entry.batches;
    const held = holdings(client, settings.apiKeyEnv, batched ? ['fine-tune', 'batch'] : ['fine-tune']);
    const trained = { ...models(client), ...jobs(client, settings), ...held, ...training(client) };
    return {
      name: 'openai',
      simulated: settings.simulated,
      capabilities: {
        methods: protocolMethods,
        pause: !lacks.includes('pause'),
        listLagMs: settings.listLagSeconds * 1000,
        modelReadyMs: 30 * 60_000,
        uniqueKeys: false,
        webhooks: true,
      },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      // What grades there is the endpoint's own: the run's grader plays no part in the training.
      reinforcement: reward ? { objection: () => undefined } : protocolReinforcement,
      ...factsOf(entry),
      jobUrl: (jobId) => (settings.baseURL ? undefined : `https://platform.openai.com/finetune/${jobId}`),
      ...stored,
      ...trained,
      ...(settings.checkpointModels
        ? checkpointModels(client, settings.checkpointModels, settings.apiKeyEnv, trained)
        : {}),
      ...account(client, describe),
      ...chat(client),
      ...(batched ? { batches: batches(client, batched, stored.readFile) } : {}),
      endpoint: openaiEndpoint(client, settings),
      ...embeddings(client),
      ...webhooks(client, { env: settings.webhookSecretEnv, value: env[settings.webhookSecretEnv] }),
    };
  },

  facts: (settings, user) => factsOf(entryOf(settings, user)),
};

function entryOf(settings: OpenAISettings, user: CatalogueChanges | undefined): PlatformEntry {
  return overlay(overlay(builtIn, user), settings.catalogue);
}

function factsOf(entry: PlatformEntry): PlatformFacts {
  const { limits, models } = entry;
  return {
    minimumExamples: limits.minimumExamples,
    uploadBytes: limits.uploadBytes,
    images: limits.images,
    mostExamples: limits.mostExamples,
    catalogueEntry: (model) => findModel(entry, baseOf(model)),
    catalogueModels: models,
  };
}

/** A tuned model is called ft:BASE:ORG:SUFFIX:ID, or BASE-LoRA:NAME; its prices and dates are those of its base. */
function baseOf(model: string): string {
  if (model.startsWith('ft:')) return model.split(':')[1] ?? model;
  return model.replace(/-lora:[^:]+$/i, '');
}

/** A tuned model is called ft:BASE:ORG:SUFFIX:ID, the suffix empty where none was given; a checkpoint has one part more. */
function describe(modelId: string) {
  const [ft, baseModel, , suffix, id, checkpoint] = modelId.split(':');
  if (ft !== 'ft' || !baseModel || !id || checkpoint !== undefined) return undefined;
  return { baseModel, ...(suffix ? { suffix } : {}) };
}
