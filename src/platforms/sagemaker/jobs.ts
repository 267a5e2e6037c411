import type {
  Channel,
  CreateTrainingJobCommandInput,
  DescribeTrainingJobCommandOutput,
  SecondaryStatus,
} from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { HeldJob, JobEvent, JobSpec, JobState, RemoteJob, TrainingPlatform } from '../platform.ts';
import { tunedModel } from '../trainer/names.ts';
import { settled } from '../trainer/tuning.ts';
import type { Aws } from './aws.ts';
import { isAws } from './errors.ts';
import { locationOf } from './location.ts';
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

/** Characters of a hyperparameter's and of a tag's value, by the documents of `CreateTrainingJob` and `Tag`. */
const valueCharacters = 256;
const hourSeconds = 3600;
const retries = 3;

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

/** The container reads the hyperparameters: tunewright_trainer/sagemaker.py. */
function requestOf(settings: SageMakerSettings, storage: Storage, spec: JobSpec): CreateTrainingJobCommandInput {
  const { roleArn, training } = settings;
  const { epochs: _, batchSize: __, ...connection } = training.tuning;
  const { tuning, ...run } = settled(spec, training.tuning);
  const seconds = Math.ceil(training.maxHours * hourSeconds);
  const model = locationOf(settings, storage, spec.model);
  return {
    ...training.jobFields,
    TrainingJobName: spec.key,
    RoleArn: roleArn,
    AlgorithmSpecification: {
      TrainingImage: training.image,
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python', '-m', 'tunewright_trainer.sagemaker'],
    },
    HyperParameters: hyperparameters({
      model: spec.model,
      trainingFile: spec.trainingFileId,
      runName: spec.runName.slice(0, valueCharacters / 2),
      ...run,
      ...tuning,
      ...connection,
    }),
    InputDataConfig: [
      channel('training', storage.uri('files', spec.trainingFileId)),
      ...(spec.validationFileId ? [channel('validation', storage.uri('files', spec.validationFileId))] : []),
      ...(model ? [channel('model', model)] : []),
    ],
    OutputDataConfig: { S3OutputPath: storage.uri('jobs') },
    // What the container keeps there is in S3 soon after, and there again on the next instance.
    CheckpointConfig: { S3Uri: storage.uri('checkpoints', spec.key) },
    ResourceConfig: {
      InstanceType: training.instanceType as never,
      InstanceCount: 1,
      VolumeSizeInGB: training.volumeGb,
    },
    EnableManagedSpotTraining: training.spot,
    StoppingCondition: {
      MaxRuntimeInSeconds: seconds,
      ...(training.spot ? { MaxWaitTimeInSeconds: 2 * seconds } : {}),
    },
    // SageMaker's own failures; all attempts together have `maxHours`.
    RetryStrategy: { MaximumRetryAttempts: retries },
    Environment: training.environment,
    Tags: [
      { Key: 'tunewright_key', Value: spec.key },
      { Key: 'tunewright_run', Value: tagValue(spec.runName) },
    ],
  };
}

function channel(ChannelName: string, S3Uri: string): Channel {
  return { ChannelName, DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } };
}

function hyperparameters(values: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(texts.map(([name, value]) => [name, JSON.stringify(value)]));
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

/** Letters, digits and `_.:/=+-@` alone are allowed. */
function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s_.:/=+\-@]/gu, '_').slice(0, valueCharacters);
}

const trains = new Set<SecondaryStatus>(['Training', 'Uploading', 'Stopping']);
const tookTooLong = new Set<SecondaryStatus>(['MaxRuntimeExceeded', 'MaxWaitTimeExceeded']);

function stateOf({ TrainingJobStatus, SecondaryStatus }: Described): JobState {
  switch (TrainingJobStatus) {
    case 'InProgress':
    case 'Stopping':
      return SecondaryStatus && trains.has(SecondaryStatus) ? 'running' : 'waiting';
    case 'Completed':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    // SageMaker says so also of a job that it has stopped itself.
    case 'Stopped':
      return SecondaryStatus && tookTooLong.has(SecondaryStatus) ? 'failed' : 'cancelled';
    default:
      return 'unknown';
  }
}

/** `AlgorithmError: CODE: MESSAGE, exit code: 1` of a container of ours; otherwise what SageMaker says. */
function reasonOf({ FailureReason, SecondaryStatus }: Described): { code: string; message: string } {
  if (SecondaryStatus === 'MaxRuntimeExceeded') {
    return { code: SecondaryStatus, message: "The training took longer than the connection's training.maxHours." };
  }
  if (SecondaryStatus === 'MaxWaitTimeExceeded') {
    return { code: SecondaryStatus, message: 'There were no spot instances in time.' };
  }
  const [, kind = 'unknown', text = ''] = /^(\w+): (.*)$/s.exec(FailureReason ?? '') ?? [];
  if (kind !== 'AlgorithmError') return { code: kind, message: FailureReason ?? '' };
  const [, code = kind, message = text] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return { code, message };
}

async function cannotPause(): Promise<never> {
  throw new TunewrightError('refused', 'A training job of SageMaker cannot be paused.', {
    advice: 'Cancel the run, or let it train.',
  });
}
