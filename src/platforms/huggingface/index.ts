import { TunewrightError } from '../../contract/errors.ts';
import { findModel, overlay, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory } from '../factory.ts';
import { curveOf, eventsSince } from '../trainer/events.ts';
import { parseModel, tunedModel } from '../trainer/names.ts';
import { trainerMethods } from '../trainer/tuning.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { chatAt, deployments } from './deployments.ts';
import { heldJobs, jobs } from './jobs.ts';
import { type HuggingFaceSettings, huggingFaceSettingsSchema } from './settings.ts';
import { storage } from './storage.ts';
import { cluster } from './temporal.ts';

const builtIn = platformEntrySchema.parse(catalogue);

/** Open models on one's own machines: trainers poll a task queue of this service's Temporal, and share a folder with it. */
export const huggingFace: PlatformFactory<HuggingFaceSettings> = {
  name: 'huggingface',
  settingsSchema: huggingFaceSettingsSchema,

  create(settings, { catalogue: user, temporal }) {
    const temporalCluster = cluster(temporal, settings.timeoutSeconds);
    const entry = overlay(overlay(builtIn, user), settings.catalogue);
    const files = storage(settings.storage);
    const own = jobs(settings, temporalCluster);
    return {
      name: 'huggingface',
      simulated: false,
      capabilities: { methods: trainerMethods, pause: false, listLagMs: 0, modelReadyMs: 60_000 },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      minimumExamples: entry.limits.minimumExamples,
      catalogueEntry(model) {
        const { base } = parseModel(model);
        const any = findModel(entry, '*');
        // Any model of the hub or of one's own can be tuned.
        return (
          findModel(entry, base) ?? (any && { ...any, id: base, trainingContextTokens: settings.training.maxTokens })
        );
      },
      catalogueModels: entry.models,
      jobUrl: () => undefined,

      async checkAccess() {
        await files.check();
        const { client, named } = temporalCluster;
        await named('Reaching Temporal', async () => await client.workflowService.getSystemInfo({}));
      },
      listModels: async () => undefined,
      async getModel(id) {
        if (await files.mayHave(id)) return { id };
        throw new TunewrightError('model_not_found', `There is no model ${id}.`, {
          advice: `Name a model of the hub (OWNER/NAME), or put one into ${settings.storage}/models.`,
          status: 404,
        });
      },
      async deleteModel(id) {
        const { job } = parseModel(id);
        if (job) await files.removeModel(job);
      },
      deleteModelCommand: (id) => `rm -r '${files.modelFolder(parseModel(id).job ?? '')}'`,

      async listHoldings(prefix) {
        const held = await heldJobs(settings, temporalCluster, prefix, own.getJob);
        const models = held.flatMap(({ model }) => model ?? []);
        const there = new Set(await files.models());
        return {
          files: await files.find(prefix),
          jobs: held,
          models: new Set(models.filter((model) => there.has(parseModel(model).job ?? ''))),
        };
      },
      findFiles: async (prefix) => (await files.find(prefix)).map(({ createdAt: _, ...file }) => file),
      uploadFile: files.put,
      isFileReady: files.has,
      readFile: files.read,
      deleteFile: files.remove,

      ...own,
      async newEvents(job, lastSeen) {
        return eventsSince(await files.events(job), lastSeen);
      },
      async listCheckpoints(job) {
        // A checkpoint of LoRA holds the adapter alone, which no server loads.
        if (settings.training.method === 'lora') return [];
        const { model, trainingFileId: _ } = await own.getJob(job);
        const told = await curve(job);
        const base = model === null ? undefined : parseModel(model).base;
        if (base === undefined) return [];
        return (await files.checkpoints(job)).map((step) => ({
          model: tunedModel(base, job, step),
          step,
          metrics: told.findLast((metrics) => metrics.step <= step) ?? { step },
        }));
      },
      trainingCurve: curve,

      ...chatAt(settings, temporalCluster),
      deployments: deployments(settings, temporalCluster),
      async verifyWebhook() {
        throw new TunewrightError('refused', 'Trainers on own machines push no events.', { advice: 'Send none.' });
      },
    };

    async function curve(job: string) {
      return curveOf(await files.events(job));
    }
  },
};
