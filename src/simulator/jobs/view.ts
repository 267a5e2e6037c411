import type { Method } from '../catalogue.ts';
import type { StepMetrics } from '../learner/index.ts';
import { type CheckpointRecord, type EventRecord, isTerminal, type JobRecord } from './record.ts';

/** The organisation every job and model belongs to. */
export const ORGANIZATION = 'tunewright';

const seconds = (ms: number) => Math.floor(ms / 1000);

/** The fine-tuning job object of the API at `nowMs`. */
export function viewJob(job: JobRecord, nowMs: number) {
  const shown = job.fault?.showStatus;
  const running = job.status === 'running' && job.runningSinceMs !== null;
  const named = job.status === 'succeeded' && nowMs >= job.nameFromMs;
  return {
    object: 'fine_tuning.job',
    id: job.id,
    created_at: seconds(job.createdMs),
    model: job.model,
    organization_id: `org-${ORGANIZATION}`,
    status: shown && nowMs < job.createdMs + shown.forMs ? shown.status : job.status,
    training_file: job.trainingFile,
    validation_file: job.validationFile,
    seed: job.seed,
    // The older field; OpenAI fills it for supervised jobs alone.
    hyperparameters: job.method === 'supervised' ? job.hyperparameters : null,
    method: {
      type: job.method,
      [job.method]: { ...(job.grader && { grader: job.grader }), hyperparameters: job.hyperparameters },
    },
    fine_tuned_model: named ? job.tunedModel : null,
    user_provided_suffix: job.suffix,
    result_files: job.resultFiles,
    trained_tokens: job.trainedTokens,
    error: job.error ?? (job.fault?.emptyError ? {} : null),
    finished_at: isTerminal(job.status) && job.finishedMs !== null ? seconds(job.finishedMs) : null,
    estimated_finish: running ? seconds((job.runningSinceMs ?? 0) + job.trainingMs - job.trainedMs) + 1 : null,
    integrations: [],
    metadata: job.metadata,
  };
}

/** The event object of the API. */
export function viewEvent(event: EventRecord) {
  const { id, level, message, type, data } = event;
  return { object: 'fine_tuning.job.event', id, created_at: seconds(event.createdMs), level, message, type, data };
}

/** The checkpoint object of the API. */
export function viewCheckpoint(checkpoint: CheckpointRecord) {
  return {
    object: 'fine_tuning.job.checkpoint',
    id: checkpoint.id,
    created_at: seconds(checkpoint.createdMs),
    fine_tuned_model_checkpoint: checkpoint.model,
    step_number: checkpoint.step,
    metrics: checkpoint.metrics,
    fine_tuning_job_id: checkpoint.jobId,
  };
}

/** Metrics under the API's names; what was not measured is left out. Of reinforcement the accuracies are mean rewards. */
export function viewMetrics(metrics: StepMetrics, method: Method): Record<string, number> {
  const rewards = {
    step: metrics.step,
    train_mean_reward: metrics.trainAccuracy,
    valid_mean_reward: metrics.validAccuracy,
    full_valid_mean_reward: metrics.fullValidAccuracy,
  };
  const losses = {
    step: metrics.step,
    train_loss: metrics.trainLoss,
    train_mean_token_accuracy: metrics.trainAccuracy,
    valid_loss: metrics.validLoss,
    valid_mean_token_accuracy: metrics.validAccuracy,
    full_valid_loss: metrics.fullValidLoss,
    full_valid_mean_token_accuracy: metrics.fullValidAccuracy,
  };
  const measured: Record<string, number> = {};
  for (const [name, value] of Object.entries(method === 'reinforcement' ? rewards : losses))
    if (value !== undefined) measured[name] = value;
  return measured;
}

/** The result file's content: CSV in base64, as OpenAI serves it. */
export function resultCsv(steps: StepMetrics[], method: Method): string {
  if (method === 'reinforcement') return rewardsCsv(steps);
  const lines = ['step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy'];
  for (const step of steps) {
    lines.push(
      [step.step, step.trainLoss, step.trainAccuracy, step.validLoss ?? '', step.validAccuracy ?? ''].join(','),
    );
  }
  return base64(lines);
}

function rewardsCsv(steps: StepMetrics[]): string {
  const rows = steps.map(({ step, trainAccuracy, validAccuracy = '' }) =>
    [step, trainAccuracy, validAccuracy].join(','),
  );
  return base64(['step,train_mean_reward,valid_mean_reward', ...rows]);
}

function base64(lines: readonly string[]): string {
  return Buffer.from(`${lines.join('\n')}\n`).toString('base64');
}
