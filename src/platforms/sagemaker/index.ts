import { findModel, overlay, platformEntrySchema } from '../catalogue.ts';
import type { PlatformFactory } from '../factory.ts';
import { curveOf, eventsSince } from '../trainer/events.ts';
import { parseModel, rootOf, tunedModel } from '../trainer/names.ts';
import { trainerMethods } from '../trainer/tuning.ts';
import { aws } from './aws.ts';
import catalogue from './catalogue.json' with { type: 'json' };
import { chatAt } from './chat.ts';
import { deployments } from './deployments.ts';
import { descriptions, isServerless } from './description.ts';
import { jobs } from './jobs.ts';
import { models } from './models.ts';
import { progressSince, transitionsOf } from './progress.ts';
import { inItsWords } from './recipe-lines.ts';
import { reinforcementOf } from './reinforcement.ts';
import { type SageMakerSettings, sageMakerSettingsSchema } from './settings.ts';
import { sources } from './sources.ts';
import { storage } from './storage.ts';
import { sequenceTokens } from './training-settings.ts';
import { webhooks } from './webhooks.ts';

const builtIn = platformEntrySchema.parse(catalogue);
/** What SageMaker bills for its own recipes is not known here. */
const unpriced = { ...builtIn, models: builtIn.models.map(({ prices: _, ...model }) => model) };

/** Open models on AWS SageMaker: jobs of a container that holds the trainer or of its own recipes, and endpoints, through S3. */
export const sageMaker: PlatformFactory<SageMakerSettings> = {
  name: 'sagemaker',
  settingsSchema: sageMakerSettingsSchema,

  create(settings, { env, catalogue: user }) {
    const { region, training } = settings;
    const account = aws(settings);
    const entry = overlay(overlay('serverless' in training ? unpriced : builtIn, user), settings.catalogue);
    const files = storage(settings.storage, account, entry.limits);
    const jobsOf = descriptions(account);
    const { held, ...own } = jobs(settings, account, files);
    const { chat, endpoint } = chatAt(settings, account);
    const { listModels, getModel, deleteModel, deleteModelCommand, standing } = models(settings, account, files);
    return {
      name: 'sagemaker',
      simulated: false,
      capabilities: {
        methods: trainerMethods,
        pause: false,
        listLagMs: settings.listLagSeconds * 1000,
        modelReadyMs: 60_000,
        uniqueKeys: true,
        webhooks: true,
      },
      jobsAtOnce: entry.limits.jobsAtOnce ?? undefined,
      reinforcement: reinforcementOf(settings),
      minimumExamples: entry.limits.minimumExamples,
      uploadBytes: entry.limits.uploadBytes,
      images: entry.limits.images,
      trainingUsdAtMost: 'serverless' in training ? undefined : training.maxHours * training.hourlyUsd,
      catalogueEntry(model) {
        const id = rootOf(model);
        const any = findModel(entry, '*');
        const trainingContextTokens =
          'serverless' in training ? sequenceTokens(training.serverless) : training.tuning.maxTokens;
        return findModel(entry, id) ?? (any && { ...any, id, trainingContextTokens });
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
      listModels,
      getModel,
      deleteModel,
      deleteModelCommand,

      async listHoldings(prefix, signal) {
        const jobsHeld = await held(prefix, signal);
        return {
          files: await files.find(prefix, signal),
          jobs: jobsHeld,
          models: await standing(jobsHeld, prefix, signal),
        };
      },
      findFiles: async (prefix, signal) => (await files.find(prefix, signal)).map(({ createdAt: _, ...file }) => file),
      uploadFile:
        'serverless' in training ? async (file, options) => await inItsWords(file, options, files.put) : files.put,
      isFileReady: files.has,
      readFile: files.read,
      deleteFile: files.remove,

      ...own,
      async newEvents(id, lastSeen, signal) {
        const job = await jobsOf.get(id, signal);
        if (isServerless(job)) return progressSince(job, lastSeen);
        const told = [...transitionsOf(job), ...(await files.events(id, signal))];
        return eventsSince(
          told.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
          lastSeen,
        );
      },
      async listCheckpoints(job, signal) {
        // SageMaker tells none of its own; a checkpoint of LoRA holds the adapter alone, which no server loads.
        if ('serverless' in training || training.tuning.method === 'lora') return [];
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
      endpoint,
      deployments: deployments(settings, account, sources(settings, account, files), chat),
      ...webhooks(settings, env),
    };
  },
};
