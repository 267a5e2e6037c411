import { dollars } from '../catalogue.ts';
import { addFile } from '../files.ts';
import { newId } from '../ids.ts';
import type { ModelRecord } from '../models.ts';
import type { Services } from '../services.ts';
import type { CheckpointRecord, EpochRecord, EventRecord, JobRecord, StepRecord } from './record.ts';
import { viewMetrics } from './view.ts';

/** Checkpoints of the last three epochs are kept as usable models. */
const KEPT_CHECKPOINTS = 3;

/** Adds an event to a job's list. */
export function addEvent(
  { store, clock }: Services,
  job: JobRecord,
  message: string,
  more: Partial<Pick<EventRecord, 'level' | 'type' | 'data'>> = {},
): void {
  const event: EventRecord = {
    id: newId('ftevent-'),
    createdMs: clock.now(),
    level: 'info',
    message,
    type: 'message',
    data: {},
    ...more,
  };
  store.put('event', event, job.id);
}

/** Shows a computed step to clients. */
export function showStep(services: Services, job: JobRecord, { metrics }: StepRecord): void {
  job.shownStep = metrics.step;
  addEvent(services, job, `Step ${metrics.step}/${metrics.totalSteps}: ${figures(job, metrics)}`, {
    type: 'metrics',
    data: { ...viewMetrics(metrics, job.method), total_steps: metrics.totalSteps },
  });
}

function figures({ method }: JobRecord, metrics: StepRecord['metrics']): string {
  if (method === 'reinforcement') return `training reward=${metrics.trainAccuracy.toFixed(2)}`;
  const losses = [`training loss=${metrics.trainLoss.toFixed(2)}`];
  if (metrics.validLoss !== undefined) losses.push(`validation loss=${metrics.validLoss.toFixed(2)}`);
  if (metrics.fullValidLoss !== undefined) losses.push(`full validation loss=${metrics.fullValidLoss.toFixed(2)}`);
  return losses.join(', ');
}

/** Makes the end of an epoch a usable model; answers the checkpoints that thereby fall out of the last three. */
export function showCheckpoint(services: Services, job: JobRecord, epoch: EpochRecord): ModelRecord[] {
  const { store, clock } = services;
  const name = `${job.tunedModel}:ckpt-step-${epoch.step}`;
  const checkpoint: CheckpointRecord = {
    id: newId('ftckpt_'),
    createdMs: clock.now(),
    jobId: job.id,
    model: name,
    step: epoch.step,
    metrics: viewMetrics(epoch.metrics, job.method),
  };
  store.put('checkpoint', checkpoint, job.id);
  putModel(services, job, name, epoch.weights, true, 0);
  addEvent(services, job, `Checkpoint created at step ${epoch.step} with Snapshot ID: ${name}`);
  return store
    .list<CheckpointRecord>('checkpoint', { parent: job.id })
    .slice(KEPT_CHECKPOINTS)
    .flatMap((old) => {
      store.remove('checkpoint', old.id);
      return store.get<ModelRecord>('model', old.model) ?? [];
    });
}

/** Ends a job well: the model, the result file, the bill, the events. Its learner must be done. */
export function succeed(services: Services, job: JobRecord, resultFile: { id: string; bytes: number }): void {
  const { clock, settings } = services;
  const now = clock.now();
  charge(services, job, 1);
  addFile(services, { ...resultFile, filename: 'step_metrics.csv', purpose: 'fine-tune-results' });
  job.resultFiles = [resultFile.id];
  job.nameFromMs = now + settings.current.modelNameMs;
  putModel(services, job, job.tunedModel, job.weights ?? '', false, settings.current.modelReadyMs);
  addEvent(services, job, `New fine-tuned model created: ${job.tunedModel}`);
  addEvent(services, job, 'The job has successfully completed');
  end(services, job, 'succeeded');
}

/** Ends a job badly. */
export function fail(services: Services, job: JobRecord, code: string, message: string, param: string | null): void {
  job.error = { code, message, param };
  addEvent(services, job, message, { level: 'error', data: { error_code: code } });
  end(services, job, 'failed');
}

/** Ends a trained job whose model the safety checks refuse; the training is billed all the same. */
export function block(services: Services, job: JobRecord): void {
  charge(services, job, 1);
  addEvent(services, job, 'The fine-tuned model was blocked by safety checks.', {
    level: 'error',
    type: 'moderation_checks',
    data: { blocked: true, blocked_categories: ['violence'] },
  });
  fail(
    services,
    job,
    'unsafe_model',
    'The job failed because the fine-tuned model did not pass the safety checks.',
    null,
  );
}

/** Ends a job on request. */
export function cancel(services: Services, job: JobRecord): void {
  addEvent(services, job, 'The job was cancelled');
  end(services, job, 'cancelled');
}

/** Bills what a job has trained by the time it is paused: its checkpoints can be used from then on. */
export function billPaused(services: Services, job: JobRecord): void {
  if (job.shownStep > 0) charge(services, job, job.shownStep / job.totalSteps);
}

/** Bills a share of the whole training; what was billed before is part of it. */
function charge({ catalogue, ledger }: Services, job: JobRecord, share: number): void {
  const tokens = Math.round((job.epochTokens ?? 0) * Number(job.hyperparameters.n_epochs) * share);
  job.trainedTokens = tokens;
  const price = catalogue.find(job.base)?.dollarsPerMillion.training ?? 0;
  ledger.add({
    kind: 'training',
    id: job.id,
    model: job.base,
    tokens,
    dollars: dollars(tokens, price),
    metadata: job.metadata,
  });
}

function end({ clock, store, webhooks }: Services, job: JobRecord, status: 'succeeded' | 'failed' | 'cancelled'): void {
  job.status = status;
  job.finishedMs = clock.now();
  job.runningSinceMs = null;
  store.put('job', job);
  webhooks.emit(`fine_tuning.job.${status}`, job.id);
}

function putModel(
  { clock, store }: Services,
  job: JobRecord,
  name: string,
  weights: string,
  checkpoint: boolean,
  delayMs: number,
): void {
  const now = clock.now();
  const model: ModelRecord = {
    id: name,
    createdMs: now,
    base: job.base,
    jobId: job.id,
    weights,
    readyMs: now + delayMs,
    checkpoint,
  };
  store.put('model', model);
}
