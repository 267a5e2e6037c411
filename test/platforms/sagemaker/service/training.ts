import type { Container, TrainingContainers } from './containers.ts';
import type { Customization } from './serverless.ts';
import { type Body, checkName, type Operation, page, Refusal, seconds } from './wire.ts';

/** A training job; tests move it where no container does. */
export interface TrainingJob {
  name: string;
  request: Body;
  status: string;
  secondary: string;
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
  reason?: string;
  transitions: { status: string; at: number; message: string }[];
  container?: Container;
  interrupted?: boolean;
  /** Of a serverless job. */
  progress?: Body;
  package?: string;
}

export interface Training {
  operations: Record<string, Operation>;
  jobs: Map<string, TrainingJob>;
  /** Jobs that may be in progress at once; more are refused. */
  quota: number;
  /** The next status of a job, and its part in the job's way. */
  move(name: string, secondary: string, end?: { status: string; reason?: string }): void;
  /** Takes the spot instance away, and gives the job another one. */
  interrupt(name: string): void;
}

const hyperparameterCharacters = 256;
const gracePeriodMs = 120_000;

/** @param containers run what a job names; without them jobs stay where they are until they are moved */
export function training(serverless: Customization, containers?: TrainingContainers): Training {
  const jobs = new Map<string, TrainingJob>();
  const self: Training = { jobs, quota: 20, operations: {}, move, interrupt };

  function move(name: string, secondary: string, end?: { status: string; reason?: string }): void {
    const job = found(name);
    job.secondary = secondary;
    job.transitions.push({ status: secondary, at: Date.now(), message: `${secondary} of ${name}` });
    if (secondary === 'Training') job.startedAt ??= Date.now();
    if (!end) return;
    job.endedAt = Date.now();
    if (job.request.ServerlessJobConfig && end.status === 'Completed') {
      job.package = serverless.register(name, job.request);
    }
    job.status = end.status;
    if (end.reason) job.reason = end.reason;
  }

  function found(name: unknown): TrainingJob {
    const job = jobs.get(String(name));
    if (job) return job;
    throw new Refusal('ValidationException', 'Requested resource not found.');
  }

  async function train(job: TrainingJob): Promise<void> {
    if (!containers) return;
    const { name } = job;
    try {
      const own = job.request.ServerlessJobConfig !== undefined;
      const request = own ? await serverless.asContainer(name, job.request) : job.request;
      let container: Container;
      let code: number | null;
      do {
        job.interrupted = false;
        move(name, 'Downloading');
        container = await containers.prepare(name, request);
        job.container = container;
        if (job.status === 'Stopping') container.stop(gracePeriodMs);
        else move(name, 'Training');
        code = await ofContainer(job, container);
      } while (job.interrupted);
      const tookTooLong = job.secondary === 'MaxRuntimeExceeded';
      if (code !== 0 && !tookTooLong && job.status !== 'Stopping') {
        const reason = `AlgorithmError: ${await container.failure()}, exit code: ${code}`;
        return move(name, 'Failed', { status: 'Failed', reason });
      }
      if (!tookTooLong) move(name, 'Uploading');
      await container.upload(own ? serverless.folder(job.request) : undefined);
      if (tookTooLong) move(name, 'MaxRuntimeExceeded', { status: 'Stopped' });
      else if (job.status === 'Stopping') move(name, 'Stopped', { status: 'Stopped' });
      else move(name, 'Completed', { status: 'Completed' });
    } catch (error) {
      move(name, 'Failed', { status: 'Failed', reason: `InternalServerError: ${error}` });
    }
  }

  /** Its exit code; it is told to end when its time is over. */
  async function ofContainer({ name, request }: TrainingJob, container: Container): Promise<number | null> {
    const { MaxRuntimeInSeconds = 0 } = request.StoppingCondition as { MaxRuntimeInSeconds?: number };
    const limit = setTimeout(() => {
      move(name, 'MaxRuntimeExceeded');
      container.stop(gracePeriodMs);
    }, MaxRuntimeInSeconds * 1000);
    const code = await container.ended;
    clearTimeout(limit);
    return code;
  }

  function interrupt(name: string): void {
    const job = found(name);
    job.interrupted = true;
    move(name, 'Interrupted');
    job.container?.stop(gracePeriodMs);
  }

  self.operations = {
    CreateTrainingJob(request) {
      const name = checkName('trainingJobName', request.TrainingJobName);
      if (jobs.has(name)) {
        throw new Refusal(
          'ResourceInUse',
          `Training job names must be unique within an AWS account and region, and a training job with this name already exists (arn:aws:sagemaker:eu-west-1:123456789012:training-job/${name})`,
        );
      }
      if (request.ServerlessJobConfig) serverless.check(request);
      const ofInstances = ['AlgorithmSpecification', 'ResourceConfig', 'StoppingCondition'];
      for (const field of ['RoleArn', 'OutputDataConfig', ...(request.ServerlessJobConfig ? [] : ofInstances)]) {
        if (!request[field]) throw new Refusal('ValidationException', `${field} is missing.`);
      }
      for (const [key, value] of Object.entries((request.HyperParameters ?? {}) as Record<string, unknown>)) {
        if (typeof value !== 'string' || value.length > hyperparameterCharacters) {
          throw new Refusal(
            'ValidationException',
            `Value at 'hyperParameters.${key}.member' failed to satisfy constraint`,
          );
        }
      }
      if ([...jobs.values()].filter(({ status }) => status === 'InProgress').length >= self.quota) {
        const { InstanceType = 'serverless' } = (request.ResourceConfig ?? {}) as Body;
        throw new Refusal(
          'ResourceLimitExceeded',
          `The account-level service limit '${InstanceType} for training job usage' is ${self.quota} Instances, with current utilization of ${self.quota} Instances and a request delta of 1 Instances.`,
        );
      }
      const job = {
        name,
        request,
        status: 'InProgress',
        secondary: 'Starting',
        createdAt: Date.now(),
        transitions: [],
      };
      jobs.set(name, job);
      move(name, 'Starting');
      void train(job);
      return { TrainingJobArn: arnOf(name) };
    },

    async DescribeTrainingJob({ TrainingJobName }) {
      const job = found(TrainingJobName);
      const { S3OutputPath } = job.request.OutputDataConfig as { S3OutputPath: string };
      const own = {
        ProgressInfo: job.progress ?? (await progressOf(job)),
        OutputModelPackageArn: job.package,
        ModelArtifacts: job.package && { S3ModelArtifacts: `${S3OutputPath}/${job.name}/output/model` },
      };
      const { startedAt, endedAt, transitions } = job;
      return {
        ...job.request,
        ...(job.request.ServerlessJobConfig ? own : {}),
        Tags: undefined,
        TrainingJobArn: arnOf(job.name),
        TrainingJobStatus: job.status,
        SecondaryStatus: job.secondary,
        FailureReason: job.reason,
        CreationTime: seconds(job.createdAt),
        LastModifiedTime: seconds(transitions.at(-1)?.at ?? job.createdAt),
        TrainingStartTime: startedAt && seconds(startedAt),
        TrainingEndTime: endedAt && seconds(endedAt),
        BillableTimeInSeconds: startedAt && endedAt && Math.ceil(seconds(endedAt - startedAt)),
        SecondaryStatusTransitions: transitions.map(({ status, at, message }, i) => ({
          Status: status,
          StartTime: seconds(at),
          EndTime: transitions[i + 1] && seconds(transitions[i + 1]?.at ?? 0),
          StatusMessage: message,
        })),
      };
    },

    ListTrainingJobs({ NameContains = '', NextToken, MaxResults }) {
      const all = [...jobs.values()].reverse().filter(({ name }) => name.includes(String(NameContains)));
      const { items, ...next } = page(all, NextToken, MaxResults as number | undefined);
      return {
        TrainingJobSummaries: items.map(({ name, createdAt, status }) => ({
          TrainingJobName: name,
          TrainingJobArn: arnOf(name),
          CreationTime: seconds(createdAt),
          TrainingJobStatus: status,
        })),
        ...next,
      };
    },

    ListTags: ({ ResourceArn }) => ({ Tags: found(String(ResourceArn).split('/').at(-1)).request.Tags ?? [] }),

    StopTrainingJob({ TrainingJobName }) {
      const job = found(TrainingJobName);
      if (job.status === 'Stopping') return {};
      if (job.status !== 'InProgress') {
        throw new Refusal(
          'ValidationException',
          `The request was rejected because the training job is in status ${job.status}.`,
        );
      }
      job.status = 'Stopping';
      move(job.name, 'Stopping');
      job.container?.stop(gracePeriodMs);
      return {};
    },
  };
  return self;
}

/** Steps within an epoch, and epochs from 1. */
async function progressOf({ container, request }: TrainingJob): Promise<Body | undefined> {
  const steps = await container?.steps();
  if (!steps) return undefined;
  const MaxEpoch = Number((request.HyperParameters as Body).max_epochs ?? 3);
  const TotalStepCountPerEpoch = Math.ceil(steps.total / MaxEpoch);
  const CurrentEpoch = Math.floor(Math.max(steps.done - 1, 0) / TotalStepCountPerEpoch) + 1;
  const CurrentStep = steps.done - (CurrentEpoch - 1) * TotalStepCountPerEpoch;
  return { TotalStepCountPerEpoch, CurrentStep, CurrentEpoch, MaxEpoch };
}

const arnOf = (name: string) => `arn:aws:sagemaker:eu-west-1:123456789012:training-job/${name}`;
