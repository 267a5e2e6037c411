import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { HeldJob, JobSpec, RemoteJob, TrainingPlatform } from '../platform.ts';
import { tunedModel } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { type Described, descriptions, isServerless } from './description.ts';
import { isAws } from './errors.ts';
import { requestOf } from './instance-request.ts';
import { reasonOf, stateOf } from './job-state.ts';
import { hourSeconds, tagOf } from './request-parts.ts';
import { serverlessRequest } from './serverless-request.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

type JobMethods = Pick<TrainingPlatform, 'findJobs' | 'createJob' | 'getJob' | 'cancelJob' | 'pauseJob' | 'resumeJob'>;

export interface Jobs extends JobMethods {
  /** Every job whose name starts so; all pages are read. */
  held(prefix: string, signal?: AbortSignal): Promise<HeldJob[]>;
}

/** What a job was told, which it keeps. */
interface Told {
  model: string;
  runName: string;
}

/** Training jobs bear the run's key as their name: SageMaker refuses a second one. */
export function jobs(settings: SageMakerSettings, aws: Aws, storage: Storage): Jobs {
  const { call, pages } = aws;
  const { training } = settings;
  const { find: describe, get: described } = descriptions(aws);

  async function request(spec: JobSpec, signal: AbortSignal | undefined): Promise<CreateTrainingJobCommandInput> {
    return 'serverless' in training
      ? await serverlessRequest(settings, training.serverless, aws, storage, spec, signal)
      : requestOf(settings, training, storage, spec);
  }

  async function told(job: Described, signal: AbortSignal | undefined): Promise<Told> {
    if (!isServerless(job)) return { model: hyperparameter(job, 'model'), runName: hyperparameter(job, 'runName') };
    // A recipe takes no hyperparameters but its own.
    const { Tags = [] } = await call(
      'Looking at the job',
      async ({ sagemaker }, options) => await sagemaker.listTags({ ResourceArn: job.TrainingJobArn }, options),
      { signal },
    );
    return { model: tagOf(Tags, 'model'), runName: tagOf(Tags, 'run') };
  }

  async function remoteJob(job: Described, signal?: AbortSignal): Promise<RemoteJob> {
    const id = job.TrainingJobName ?? '';
    const state = stateOf(job);
    return {
      id,
      state,
      platformStatus: job.SecondaryStatus ?? job.TrainingJobStatus ?? 'unknown',
      model: null,
      trainingFileId: isServerless(job) ? channelFile(job, 'train') : hyperparameter(job, 'trainingFile'),
      ...(state === 'failed' ? { error: reasonOf(job) } : {}),
      ...(state === 'succeeded' ? await outcome(id, job, signal) : {}),
      ...cost(job),
    };
  }

  async function outcome(id: string, job: Described, signal: AbortSignal | undefined): Promise<Partial<RemoteJob>> {
    const { model } = await told(job, signal);
    if (isServerless(job)) return { model: job.OutputModelPackageArn ? tunedModel(model, id) : null };
    const result = await storage.result(id, signal);
    if (result) return { model: tunedModel(model, id), ...result };
    // A container that was told to end before it had a model has told nothing.
    return { state: 'failed', error: { code: 'no_model', message: 'The container has ended without a model.' } };
  }

  /** Of instances, which are billed by the hour. */
  function cost(job: Described): { trainingUsd?: number } {
    const seconds = job.BillableTimeInSeconds;
    if (seconds === undefined || isServerless(job) || 'serverless' in training) return {};
    return { trainingUsd: (seconds / hourSeconds) * training.hourlyUsd };
  }

  return {
    async findJobs({ key }, signal) {
      const job = await describe(key, signal);
      return job ? [await remoteJob(job, signal)] : [];
    },

    async createJob(spec, signal) {
      const wanted = await request(spec, signal);
      try {
        await call(
          'Creating the job',
          async ({ sagemaker }, options) => await sagemaker.createTrainingJob(wanted, options),
          { signal },
        );
        return await remoteJob(await described(spec.key, signal), signal);
      } catch (error) {
        if (!isAws(error, 'ResourceInUse')) throw error;
      }
      const job = await described(spec.key, signal);
      const standing = await remoteJob(job, signal);
      const { model } = await told(job, signal);
      if (standing.trainingFileId === spec.trainingFileId && model === spec.model) return standing;
      throw new TunewrightError('contradiction', `The training job ${spec.key} is there, and trains something else.`, {
        advice: 'See whose it is; start the run again under another name.',
      });
    },

    getJob: async (id, signal) => await remoteJob(await described(id, signal), signal),

    async cancelJob(id, signal) {
      try {
        await call(
          'Stopping the job',
          async ({ sagemaker }, options) => await sagemaker.stopTrainingJob({ TrainingJobName: id }, options),
          { signal },
        );
      } catch (error) {
        // What has ended cannot be stopped.
        if (!(error instanceof TunewrightError && error.code === 'refused')) throw error;
      }
      return await remoteJob(await described(id, signal), signal);
    },

    pauseJob: cannotPause,
    resumeJob: cannotPause,

    async held(prefix, signal) {
      const found: HeldJob[] = [];
      const listed = pages(
        'Listing jobs',
        async ({ sagemaker }, from, options) =>
          await sagemaker.listTrainingJobs({ NameContains: prefix, ...from }, options),
        signal,
      );
      for await (const page of listed) {
        for (const { TrainingJobName: key = '', CreationTime } of page.TrainingJobSummaries ?? []) {
          const job = key.startsWith(prefix) ? await describe(key, signal) : undefined;
          if (!job) continue;
          const about = { createdAt: CreationTime?.getTime() ?? 0, key, runName: (await told(job, signal)).runName };
          found.push({ ...(await remoteJob(job, signal)), ...about });
        }
      }
      return found;
    },
  };
}

function hyperparameter({ HyperParameters = {} }: Described, name: string): string {
  try {
    return String(JSON.parse(HyperParameters[name] ?? '""'));
  } catch {
    // A job of somebody else.
    return '';
  }
}

/** The name of the file that the channel reads. */
function channelFile({ InputDataConfig = [] }: Described, name: string): string {
  const channel = InputDataConfig.find(({ ChannelName }) => ChannelName === name);
  return channel?.DataSource?.S3DataSource?.S3Uri?.split('/').at(-1) ?? '';
}

async function cannotPause(): Promise<never> {
  throw new TunewrightError('refused', 'A training job of SageMaker cannot be paused.', {
    advice: 'Cancel the run, or let it train.',
  });
}
