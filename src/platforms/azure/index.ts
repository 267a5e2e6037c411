import { findModel, overlay, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory } from '../factory.ts';
import { account } from '../protocol/account.ts';
import { chat } from '../protocol/chat.ts';
import { embeddings } from '../protocol/embeddings.ts';
import { files } from '../protocol/files.ts';
import { holdings } from '../protocol/holdings.ts';
import { jobs } from '../protocol/jobs.ts';
import { protocolMethods } from '../protocol/method.ts';
import { models } from '../protocol/models.ts';
import { training } from '../protocol/training.ts';
import { webhooks } from '../protocol/webhooks.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { azureClient } from './client.ts';
import { deleteModelCommand } from './delete-model.ts';
import { deployments } from './deployments.ts';
import { azureEndpoint } from './endpoint.ts';
import { management } from './management.ts';
import { type AzureSettings, azureSettingsSchema } from './settings.ts';

const builtIn = platformEntrySchema.parse(catalogue);

/** Azure OpenAI: the fine-tuning protocol on both of its surfaces, models that answer under deployments alone. */
export const azure: PlatformFactory<AzureSettings> = {
  name: 'azure',
  settingsSchema: azureSettingsSchema,

  create(settings, { env, catalogue: user }) {
    const client = azureClient(settings, env);
    const entry = overlay(overlay(builtIn, user), settings.catalogue);
    const catalogueEntry = (model: string) => findModel(entry, model.replace(/\.ft-[0-9a-f]+.*$/, ''));
    const { trainingType, webhookSecretEnv } = settings;
    const { getModel, ...otherModels } = models(client);
    const { createJob, ...otherJobs } = jobs(client, trainingType ? { jobFields: { trainingType } } : {});
    /** Azure knows models by their full ids alone; a tuned one by its own. */
    const fullId = (model: string) => findModel(entry, model)?.id ?? model;
    const { chat: ask } = chat(client);
    const deployed = deployments(settings, management(settings, env), ask, fullId);
    return {
      name: 'azure',
      simulated: settings.simulated,
      capabilities: {
        // Jobs by reinforcement are billed by the hour there, without a bound.
        methods: protocolMethods.filter((method) => method !== 'reinforcement'),
        pause: true,
        listLagMs: settings.listLagSeconds * 1000,
        modelReadyMs: 30 * 60_000,
        uniqueKeys: false,
        webhooks: true,
      },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      minimumExamples: entry.limits.minimumExamples,
      uploadBytes: entry.limits.uploadBytes,
      images: entry.limits.images,
      catalogueEntry,
      catalogueModels: entry.models,
      jobUrl: () => undefined,
      ...otherModels,
      getModel: async (id, signal) => await getModel(fullId(id), signal),
      ...files(client, entry.limits),
      ...otherJobs,
      createJob: async (spec, signal) => await createJob({ ...spec, model: fullId(spec.model) }, signal),
      ...account(client, describe),
      ...holdings(client, settings.apiKeyEnv),
      deleteModelCommand: (id) => deleteModelCommand(settings, id),
      ...training(client),
      chat: ask,
      ...embeddings(client),
      deployments: deployed,
      endpoint: azureEndpoint(settings, env, deployed.existing),
      ...webhooks(client, { env: webhookSecretEnv, value: env[webhookSecretEnv] }),
    };
  },
};

/** A tuned model is called BASE.ft-HEX, with a suffix behind it where one was given; a checkpoint's id has a colon. */
function describe(modelId: string) {
  const [, baseModel, suffix] = /^(.+)\.ft-[0-9a-f]+(?:-([^:]+))?$/.exec(modelId) ?? [];
  return baseModel ? { baseModel, ...(suffix ? { suffix } : {}) } : undefined;
}
