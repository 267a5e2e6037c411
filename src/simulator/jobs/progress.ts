import { basename, join } from 'node:path';
import type { TrainEvent } from '../learner/index.ts';
import type { ModelRecord } from '../models.ts';
import type { Services } from '../services.ts';
import { showCheckpoint, showStep } from './changes.ts';
import type { EpochRecord, StepRecord } from './record.ts';
import { type ActiveJob, jobFolder } from './work.ts';

/** Records what the learner reports; what a resumed learner repeats is already known and passed over. */
export function record({ store, clock }: Services, work: ActiveJob, event: TrainEvent): void {
  const { job } = work;
  if (event.type === 'step' && event.metrics.step > work.lastStep) {
    const { metrics } = event;
    const step: StepRecord = { id: `${job.id}/${metrics.step}`, createdMs: clock.now(), metrics };
    store.put('step', step, job.id);
    job.totalSteps = metrics.totalSteps;
    work.steps.push(step);
    work.lastStep = metrics.step;
  } else if (event.type === 'checkpoint' && event.step > (work.lastEpoch?.step ?? 0)) {
    const weights = join(jobFolder(job), basename(event.file));
    const id = `${job.id}/epoch-${event.epoch}`;
    const epoch: EpochRecord = { id, createdMs: clock.now(), step: event.step, weights, metrics: event.metrics };
    store.put('epoch', epoch, job.id);
    work.epochs.push(epoch);
    work.lastEpoch = epoch;
  } else if (event.type === 'done') {
    job.weights = join(jobFolder(job), basename(event.file));
    store.put('job', job);
  }
}

/** Where a running job stands once what is due was shown. */
export type Progress = 'training' | 'trained' | 'must fail';

/** Shows clients the steps and checkpoints that are due by the clock. */
export function showDue(services: Services, work: ActiveJob): Progress {
  const { job } = work;
  const now = services.clock.now();
  const trainedMs = job.trainedMs + now - (job.runningSinceMs ?? now);
  const due = trainedMs >= job.trainingMs ? job.totalSteps : Math.floor((job.totalSteps * trainedMs) / job.trainingMs);
  const failing = job.fault?.failAtStep && Math.min(job.fault.failAtStep.step, job.totalSteps);
  const until = Math.min(due, failing ?? due);

  const isDue = (step: number | undefined): step is number => step !== undefined && step <= until;
  if (isDue(work.steps[0]?.metrics.step) || isDue(work.epochs[0]?.step)) {
    const dropped: ModelRecord[] = [];
    services.store.transaction(() => {
      for (;;) {
        const [step] = work.steps;
        const [epoch] = work.epochs;
        // In the order in which they came to be: a checkpoint comes behind the step that made it.
        if (isDue(step?.metrics.step) && step.metrics.step <= (epoch?.step ?? Number.POSITIVE_INFINITY)) {
          showStep(services, job, step);
          work.steps.shift();
        } else if (isDue(epoch?.step)) {
          dropped.push(...showCheckpoint(services, job, epoch));
          work.epochs.shift();
        } else break;
      }
      services.store.put('job', job);
    });
    for (const model of dropped) void services.models.remove(model);
  }
  // The learner must have come as far; the steps it reports have gaps.
  if (failing && due >= failing && work.lastStep >= failing) return 'must fail';
  const allShown = work.steps.length === 0 && work.epochs.length === 0;
  return job.weights !== null && allShown && trainedMs >= job.trainingMs ? 'trained' : 'training';
}
