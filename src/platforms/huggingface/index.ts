import { TunewrightError } from '../../contract/errors.ts';
import { findModel, overlay, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory } from '../factory.ts';
import { rootOf } from '../trainer/names.ts';
import { trainerReinforcement } from '../trainer/reinforcement.ts';
import { trainerMethods } from '../trainer/tuning.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { chatAt, deployments, hostOf } from './deployments.ts';
import { serverEndpoint } from './endpoint.ts';
import { onHub } from './hub/index.ts';
import { onMachines } from './machines.ts';
import { type HuggingFaceSettings, huggingFaceSettingsSchema } from './settings.ts';
import { cluster } from './temporal.ts';

const builtIn = platformEntrySchema.parse(catalogue);

/** Open models, trained on one's own machines or on those of Hugging Face, and served on one's own. */
export const huggingFace: PlatformFactory<HuggingFaceSettings> = {
  name: 'huggingface',
  settingsSchema: huggingFaceSettingsSchema,

  create(settings, { env, catalogue: user, temporal }) {
    const temporalCluster = cluster(temporal, settings.timeoutSeconds);
    const entry = overlay(overlay(builtIn, user), settings.catalogue);
    const { listLagMs, uniqueKeys, servedAs, ...part } = settings.jobs
      ? onHub(settings, settings.jobs, env)
      : onMachines(settings, settings.storage ?? '', temporalCluster);
    return {
      name: 'huggingface',
      simulated: false,
      capabilities: {
        methods: trainerMethods,
        pause: false,
        listLagMs,
        modelReadyMs: 60_000,
        uniqueKeys,
        webhooks: false,
      },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      reinforcement: trainerReinforcement(settings.training),
      minimumExamples: entry.limits.minimumExamples,
      uploadBytes: entry.limits.uploadBytes,
      images: entry.limits.images,
      catalogueEntry(model) {
        const id = rootOf(model);
        const any = findModel(entry, '*');
        // Any model of the hub or of one's own can be tuned.
        return findModel(entry, id) ?? (any && { ...any, id, trainingContextTokens: settings.training.maxTokens });
      },
      catalogueModels: entry.models,
      ...part,
      async checkAccess(signal) {
        await part.checkAccess(signal);
        // Deployments are workflows, whoever trains.
        const { client, named } = temporalCluster;
        await named('Reaching Temporal', async () => await client.workflowService.getSystemInfo({}));
      },

      ...chatAt(settings, temporalCluster),
      endpoint: serverEndpoint(settings, env, async (name) => await hostOf(temporalCluster, name)),
      deployments: deployments(settings, temporalCluster, servedAs),
      async verifyWebhook() {
        throw new TunewrightError('refused', 'Trainers push no events.', { advice: 'Send none.' });
      },
    };
  },
};
