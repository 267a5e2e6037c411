import { TunewrightError } from '../../contract/errors.ts';
import { findModel, overlay, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory } from '../factory.ts';
import { curveOf, eventsSince } from '../trainer/events.ts';
import { parseModel, tunedModel } from '../trainer/names.ts';
import { trainerMethods } from '../trainer/tuning.ts';
import { aws } from './aws.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { chatAt } from './chat.ts';
import { deployments } from './deployments.ts';
import { jobs } from './jobs.ts';
import { type SageMakerSettings, sageMakerSettingsSchema } from './settings.ts';
import { storage } from './storage.ts';

const builtIn = platformEntrySchema.parse(catalogue);

/** Open models on AWS SageMaker: training jobs of a container that holds the trainer, and endpoints, all through S3. */
export const sageMaker: PlatformFactory<SageMakerSettings> = {
  name: 'sagemaker',
  settingsSchema: sageMakerSettingsSchema,

  create(settings, { catalogue: user }) {
    const { region, training } = settings;
    const account = aws(settings);
    const entry = overlay(overlay(builtIn, user), settings.catalogue);
    const files = storage(settings.storage, account, entry.limits);
    const { held, transitions, ...own } = jobs(settings, account, files);
    const { chat } = chatAt(settings, account);
    return {
      name: 'sagemaker',
      simulated: false,
      capabilities: {
        methods: trainerMethods,
        pause: false,
        listLagMs: settings.listLagSeconds * 1000,
        modelReadyMs: 60_000,
      },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      minimumExamples: entry.limits.minimumExamples,
      trainingUsdAtMost: training.maxHours * training.hourlyUsd,
      catalogueEntry(model) {
        const { base } = parseModel(model);
        const any = findModel(entry, '*');
        return (
          findModel(entry, base) ?? (any && { ...any, id: base, trainingContextTokens: training.tuning.maxTokens })
        );
      },
      catalogueModels: entry.models,
      jobUrl: (id) => `https://${region}.console.aws.amazon.com/sagemaker/home?region=${region}#/jobs/${id}`,

      async checkAccess(signal) {
        await files.check(signal);
        await account.call(
          'Reaching SageMaker',
          async ({ sagemaker }, options) => await sagemaker.listTrainingJobs({ MaxResults: 1 }, options),
          { signal },
        );
      },
      listModels: async () => undefined,
      async getModel(id, signal) {
        const { base, job, step } = parseModel(id);
        const known = job
          ? await files.hasModel(job, step, signal)
          : settings.models[base] !== undefined || /^[\w.-]+\/[\w.-]+$/.test(base);
        if (known) return { id };
        throw new TunewrightError('model_not_found', `There is no model ${id}.`, {
          advice: "Name a model of the hub (OWNER/NAME), or one of the connection's models.",
          status: 404,
        });
      },
      async deleteModel(id, signal) {
        const { job } = parseModel(id);
        if (job) await files.removeModel(job, signal);
      },
      deleteModelCommand(id) {
        const { job = '' } = parseModel(id);
        return ['jobs', 'checkpoints'].map((of) => `aws s3 rm --recursive ${files.uri(of, job)}/`).join(' && ');
      },

      async listHoldings(prefix, signal) {
        const there = new Set(await files.models(prefix, signal));
        const jobsHeld = await held(prefix, signal);
        const models = jobsHeld.flatMap(({ model }) => model ?? []);
        return {
          files: await files.find(prefix, signal),
          jobs: jobsHeld,
          models: new Set(models.filter((model) => there.has(parseModel(model).job ?? ''))),
        };
      },
      findFiles: async (prefix, signal) => (await files.find(prefix, signal)).map(({ createdAt: _, ...file }) => file),
      uploadFile: files.put,
      isFileReady: files.has,
      readFile: files.read,
      deleteFile: files.remove,

      ...own,
      async newEvents(job, lastSeen, signal) {
        const told = [...(await transitions(job, signal)), ...(await files.events(job, signal))];
        return eventsSince(
          told.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
          lastSeen,
        );
      },
      async listCheckpoints(job, signal) {
        // A checkpoint of LoRA holds the adapter alone, which no server loads.
        if (training.tuning.method === 'lora') return [];
        const { model } = await own.getJob(job, signal);
        if (model === null) return [];
        const told = curveOf(await files.events(job, signal));
        return (await files.checkpoints(job, signal)).map((step) => ({
          model: tunedModel(parseModel(model).base, job, step),
          step,
          metrics: told.findLast((metrics) => metrics.step <= step) ?? { step },
        }));
      },
      trainingCurve: async (job, signal) => curveOf(await files.events(job, signal)),

      chat,
      deployments: deployments(settings, account, files, chat),
      async verifyWebhook() {
        throw new TunewrightError('refused', 'SageMaker pushes no events to this service.', { advice: 'Send none.' });
      },
    };
  },
};
