import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { HeldJob, JobEvent, RemoteJob, TrainingPlatform } from '../platform.ts';
import { tunedModel } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { isAws } from './errors.ts';
import { requestOf } from './job-request.ts';
import { reasonOf, stateOf } from './job-state.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

type JobMethods = Pick<TrainingPlatform, 'findJobs' | 'createJob' | 'getJob' | 'cancelJob' | 'pauseJob' | 'resumeJob'>;
type Described = DescribeTrainingJobCommandOutput;

export interface Jobs extends JobMethods {
  /** Every job whose name starts so; all pages are read. */
  held(prefix: string, signal?: AbortSignal): Promise<HeldJob[]>;
  /** What SageMaker itself tells of a job's way, in the order in which it came. */
  transitions(id: string, signal?: AbortSignal): Promise<JobEvent[]>;
}

const hourSeconds = 3600;

/** Training jobs bear the run's key as their name: SageMaker refuses a second one. */
export function jobs(settings: SageMakerSettings, { call, find }: Aws, storage: Storage): Jobs {
  const describe = async (id: string, signal?: AbortSignal) =>
    await find(
      'Looking at the job',
      async ({ sagemaker }, options) => await sagemaker.describeTrainingJob({ TrainingJobName: id }, options),
      signal,
    );

  async function described(id: string, signal?: AbortSignal): Promise<Described> {
    const job = await describe(id, signal);
    if (job) return job;
    throw new TunewrightError('not_found', `There is no training job ${id}.`, {
      advice: "Look for it in the region's SageMaker console.",
      status: 404,
    });
  }

  async function remoteJob(job: Described, signal?: AbortSignal): Promise<RemoteJob> {
    const id = job.TrainingJobName ?? '';
    const state = stateOf(job);
    const result = state === 'succeeded' ? await storage.result(id, signal) : undefined;
    const seconds = job.BillableTimeInSeconds;
    // A container that was told to end before it had a model has told nothing.
    const nothing = state === 'succeeded' && result === undefined;
    return {
      id,
      state: nothing ? 'failed' : state,
      platformStatus: job.SecondaryStatus ?? job.TrainingJobStatus ?? 'unknown',
      model: result ? tunedModel(told(job, 'model'), id) : null,
      trainingFileId: told(job, 'trainingFile'),
      ...(result?.trainedTokens === undefined ? {} : { trainedTokens: result.trainedTokens }),
      ...(seconds === undefined ? {} : { trainingUsd: (seconds / hourSeconds) * settings.training.hourlyUsd }),
      ...(nothing ? { error: { code: 'no_model', message: 'The container has ended without a model.' } } : {}),
      ...(state === 'failed' ? { error: reasonOf(job) } : {}),
    };
  }

  return {
    async findJobs({ key }, signal) {
      const job = await describe(key, signal);
      return job ? [await remoteJob(job, signal)] : [];
    },

    async createJob(spec, signal) {
      try {
        await call(
          'Creating the job',
          async ({ sagemaker }, options) =>
            await sagemaker.createTrainingJob(requestOf(settings, storage, spec), options),
          { signal },
        );
      } catch (error) {
        if (!isAws(error, 'ResourceInUse')) throw error;
      }
      const job = await described(spec.key, signal);
      if (told(job, 'trainingFile') === spec.trainingFileId && told(job, 'model') === spec.model) {
        return await remoteJob(job, signal);
      }
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
      let NextToken: string | undefined;
      do {
        const page = await call(
          'Listing jobs',
          async ({ sagemaker }, options) =>
            await sagemaker.listTrainingJobs({ NameContains: prefix, ...(NextToken ? { NextToken } : {}) }, options),
          { signal },
        );
        for (const { TrainingJobName: key = '', CreationTime } of page.TrainingJobSummaries ?? []) {
          const job = key.startsWith(prefix) ? await describe(key, signal) : undefined;
          if (!job) continue;
          const about = { createdAt: CreationTime?.getTime() ?? 0, key, runName: told(job, 'runName') };
          found.push({ ...(await remoteJob(job, signal)), ...about });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },

    async transitions(id, signal) {
      const { SecondaryStatusTransitions = [] } = await described(id, signal);
      return SecondaryStatusTransitions.map(({ Status, StartTime, StatusMessage }, i) => ({
        id: `transition-${i + 1}`,
        at: (StartTime ?? new Date(0)).toISOString(),
        level: Status === 'Failed' ? 'error' : 'info',
        message: `${Status}${StatusMessage ? `: ${StatusMessage}` : ''}`,
      }));
    },
  };
}

/** What the job was told, which it keeps. */
function told({ HyperParameters = {} }: Described, name: string): string {
  try {
    return String(JSON.parse(HyperParameters[name] ?? '""'));
  } catch {
    // A job of somebody else.
    return '';
  }
}

async function cannotPause(): Promise<never> {
  throw new TunewrightError('refused', 'A training job of SageMaker cannot be paused.', {
    advice: 'Cancel the run, or let it train.',
  });
}
