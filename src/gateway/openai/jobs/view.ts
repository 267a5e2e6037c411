import type { RunConfig } from '../../../contract/config.ts';
import { rewardOf } from '../../../contract/reward.ts';
import type { RunProgress, TrainingMetrics } from '../../../contract/run.ts';
import type { Checkpoint, JobEvent } from '../../../platforms/platform.ts';
import type { Found } from './find.ts';

const prefix = 'ftjob-';

export function idOf(runName: string): string {
  return `${prefix}${runName}`;
}

/** Undefined for what is no id of a job here. */
export function runNameOf(id: string): string | undefined {
  return id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
}

const seconds = (iso: string): number => Math.floor(Date.parse(iso) / 1000);

/** A run as OpenAI's API shows a job. */
export function viewJob({ progress, input, asked, endedAt }: Found) {
  const { name, status, job, connection, reason, live, startedAt, baseModel } = progress;
  const config = input?.config;
  const succeeded = status === 'succeeded' && job?.model !== undefined;
  const method = config?.method ?? 'supervised';
  const reward = config && rewardOf(config);
  const hyperparameters = viewHyperparameters(config);
  return {
    object: 'fine_tuning.job',
    id: idOf(name),
    created_at: seconds(startedAt),
    model: baseModel,
    organization_id: 'tunewright',
    status: statusOf(progress),
    training_file: asked?.trainingFile ?? config?.data.train ?? '',
    validation_file: asked?.validationFile ?? null,
    seed: config?.seed ?? 0,
    hyperparameters: method === 'supervised' ? hyperparameters : null,
    method: { type: method, [method]: { ...(reward ? { grader: reward } : {}), hyperparameters } },
    // The very model, whatever the registry makes of it.
    fine_tuned_model: succeeded ? `${connection}/${job.model}` : null,
    user_provided_suffix: config?.suffix ?? null,
    result_files: [],
    trained_tokens: job?.trainedTokens ?? null,
    error: status === 'failed' && reason ? { code: reason.code, message: saying(reason), param: null } : null,
    finished_at: endedAt === undefined ? null : seconds(endedAt),
    estimated_finish: live?.estimatedFinish === undefined ? null : seconds(live.estimatedFinish),
    integrations: [],
    metadata: asked?.metadata ?? {},
  };
}

function viewHyperparameters(config: RunConfig | undefined): Record<string, number | 'auto'> {
  const { epochs = 'auto', batchSize = 'auto', learningRateMultiplier = 'auto' } = config?.hyperparameters ?? {};
  const { beta, computeMultiplier } = config?.hyperparameters ?? {};
  return {
    ...{ n_epochs: epochs, batch_size: batchSize, learning_rate_multiplier: learningRateMultiplier },
    ...(beta === undefined ? {} : { beta }),
    ...(computeMultiplier === undefined ? {} : { compute_multiplier: computeMultiplier }),
  };
}

const beforeTraining: readonly string[] = ['inspect', 'split', 'estimate', 'access', 'upload'];

/** Its evaluation is part of a run, so that it has not succeeded before that is over. */
function statusOf({ status, stage, job, live }: RunProgress): string {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return status;
    case 'paused':
    case 'parked':
      return 'paused';
    default:
      if (beforeTraining.includes(stage)) return 'validating_files';
      return stage === 'train' && (!job || (live?.platformStatus ?? job.platformStatus) === 'queued')
        ? 'queued'
        : 'running';
  }
}

function saying({ message, advice }: { message: string; advice?: string }): string {
  return advice ? `${message} ${advice}` : message;
}

/** As OpenAI's platform says it. */
const completed = 'The job has successfully completed';

/** What a run has done, and what its job tells, newest first. */
export function viewEvents(progress: RunProgress, ofTheJob: readonly JobEvent[]) {
  const { name, timings, startedAt, status, question, reason } = progress;
  const own = (key: string, at: string, level: JobEvent['level'], message: string) => ({
    object: 'fine_tuning.job.event',
    id: `ftevent-${name}-${key}`,
    created_at: seconds(at),
    level,
    message,
    type: 'message',
    data: {},
  });
  const last = timings.at(-1)?.endedAt ?? timings.at(-1)?.startedAt ?? startedAt;
  const events = [
    own('created', startedAt, 'info', `Created fine-tuning job: ${idOf(name)}`),
    ...timings.map(({ stage, startedAt: at }) => own(stage, at, 'info', `The stage ${stage} has begun.`)),
    // Where the job has trained, the run has not succeeded yet: it says so itself.
    ...ofTheJob.flatMap((event) => (event.message === completed ? [] : [viewEvent(event)])).toReversed(),
    ...(question ? [own('question', last, 'warn', `The run waits for a person: ${question.message}`)] : []),
    ...(reason ? [own('reason', last, 'error', saying(reason))] : []),
    ...(status === 'succeeded' ? [own('succeeded', last, 'info', completed)] : []),
  ];
  // The order in which they are is kept within a second.
  return events.sort((a, b) => a.created_at - b.created_at).toReversed();
}

function viewEvent({ id, at, level, message, metrics }: JobEvent) {
  const shown = metrics ? { type: 'metrics', data: viewMetrics(metrics) } : { type: 'message', data: {} };
  return { object: 'fine_tuning.job.event', id, created_at: seconds(at), level, message, ...shown };
}

export function viewCheckpoint(
  { model, step, metrics }: Checkpoint,
  { name, connection, timings, startedAt }: RunProgress,
) {
  const trained = timings.find(({ stage }) => stage === 'train');
  return {
    object: 'fine_tuning.job.checkpoint',
    id: `ftckpt-${name}-${step}`,
    // Platforms tell no time of it that all have: when its training has ended, or begun.
    created_at: seconds(trained?.endedAt ?? trained?.startedAt ?? startedAt),
    fine_tuned_model_checkpoint: `${connection}/${model}`,
    step_number: step,
    metrics: viewMetrics(metrics),
    fine_tuning_job_id: idOf(name),
  };
}

function viewMetrics(metrics: TrainingMetrics) {
  const { step, trainLoss, trainAccuracy, validLoss, validAccuracy, trainReward, validReward } = metrics;
  const named = {
    step,
    train_loss: trainLoss,
    train_mean_token_accuracy: trainAccuracy,
    valid_loss: validLoss,
    valid_mean_token_accuracy: validAccuracy,
    train_mean_reward: trainReward,
    valid_mean_reward: validReward,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
