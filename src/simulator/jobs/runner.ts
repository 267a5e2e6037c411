import { badRequest } from '../errors.ts';
import { fileStatus, findFile } from '../files.ts';
import { newId } from '../ids.ts';
import type { Services } from '../services.ts';
import { addEvent, billPaused, block, cancel, fail, succeed } from './changes.ts';
import { resolveHyperparameters } from './hyperparameters.ts';
import { record, showDue } from './progress.ts';
import { isTerminal, type JobRecord, type StepRecord } from './record.ts';
import { resultCsv } from './view.ts';
import { type ActiveJob, checkFiles, learn, loadActive, tidy } from './work.ts';

const TICK_MS = 100;

/**
 * Moves jobs through their life. The learner computes as fast as it can; how much of it clients see
 * follows from the platform's clock, so that a job of a day is as real under a clock that leaps.
 */
export interface JobRunner {
  /** Records a new job and starts on it. */
  add(job: JobRecord): void;
  /** Brings all jobs up to the clock; each request does this first. */
  tick(): void;
  /** These three answer the changed job, or throw a 400 where its status does not allow the change. */
  cancel(job: JobRecord): JobRecord;
  pause(job: JobRecord): JobRecord;
  resume(job: JobRecord): JobRecord;
  close(): void;
}

/** Starts the runner; jobs that an earlier process left go on from their last checkpoint. */
export function startJobs(services: Services): JobRunner {
  const { blobs, clock, settings, store } = services;
  const active = new Map<string, ActiveJob>();
  let closed = false;

  for (const job of store.list<JobRecord>('job', { order: 'asc' })) {
    if (!isTerminal(job.status)) active.set(job.id, loadActive(services, job));
  }

  const ticker = setInterval(() => {
    if (active.size > 0) void clock.refresh().then(() => !closed && tick());
  }, TICK_MS);

  function tick(): void {
    for (const work of active.values()) advance(work);
  }

  function advance(work: ActiveJob): void {
    const { job } = work;
    if (work.busy || closed) return;
    if (job.status === 'validating_files') validate(work);
    if (job.status === 'queued' && clock.now() >= job.queueUntilMs && hasRoom()) {
      change(job, 'running', 'Fine-tuning job started', () => {
        job.trainingMs = settings.current.trainingSeconds * 1000;
        job.runningSinceMs = clock.now();
      });
    }
    if (job.status === 'running') run(work);
  }

  /** Jobs are in order of creation, so that the running ones are found first. */
  function hasRoom(): boolean {
    let room = settings.current.maxRunningJobs;
    for (const { job } of active.values()) {
      if (job.status === 'running') room--;
      if (room <= 0) return false;
    }
    return true;
  }

  function validate(work: ActiveJob): void {
    const { job } = work;
    for (const id of [job.trainingFile, job.validationFile]) {
      const file = id === null ? undefined : findFile(services, id);
      const status = file && fileStatus(file, clock.now());
      if (status === 'uploaded') return;
      if (id !== null && status !== 'processed') {
        const why = file ? 'could not be processed' : 'does not exist any more';
        finish(work, () => fail(services, job, 'invalid_training_file', `File ${id} ${why}.`, 'training_file'));
        return;
      }
    }
    background(work, async () => {
      const found = await checkFiles(services, job);
      if (closed || job.status !== 'validating_files') return;
      if (!found.ok) {
        finish(work, () => fail(services, job, found.code, found.message, 'training_file'));
        return;
      }
      change(job, 'queued', 'Files validated, moving job to queued state', () => {
        job.epochTokens = found.tokens;
        job.hyperparameters = resolveHyperparameters(job.hyperparameters, found.examples);
        job.queueUntilMs = clock.now() + settings.current.queueMs + (job.fault?.queueMs ?? 0);
      });
    });
  }

  function run(work: ActiveJob): void {
    const { job } = work;
    if (!work.training && job.weights === null) train(work);
    const progress = showDue(services, work);
    const failure = job.fault?.failAtStep;
    if (progress === 'must fail' && failure) {
      finish(work, () => fail(services, job, failure.code, failure.message, failure.param ?? null));
    } else if (progress === 'trained' && job.fault?.safetyBlock) {
      finish(work, () => block(services, job));
    } else if (progress === 'trained') {
      background(work, () => complete(work));
    }
  }

  function train(work: ActiveJob): void {
    const training = learn(services, work);
    work.training = training;
    const follow = async () => {
      for await (const event of training.events) {
        if (closed || isTerminal(work.job.status)) return;
        if (event.type === 'error') throw new Error(event.message);
        record(services, work, event);
        advance(work);
      }
    };
    follow().catch((error: Error) => broken(work, error));
  }

  async function complete(work: ActiveJob): Promise<void> {
    const { job } = work;
    const steps = store.list<StepRecord>('step', { parent: job.id, order: 'asc' }).map((step) => step.metrics);
    const id = newId('file-');
    const bytes = await blobs.writeText(id, resultCsv(steps, job.method));
    if (closed || job.status !== 'running') return blobs.remove(id);
    finish(work, () => succeed(services, job, { id, bytes }));
  }

  /** Does one thing at a time for a job, beside the requests; a failure of the platform's own fails the job. */
  function background(work: ActiveJob, task: () => Promise<void>): void {
    work.busy = true;
    task()
      .catch((error: Error) => broken(work, error))
      .finally(() => {
        work.busy = false;
        if (!closed) tick();
      });
  }

  function broken(work: ActiveJob, error: Error): void {
    if (closed || isTerminal(work.job.status)) return;
    finish(work, () => fail(services, work.job, 'server_error', error.message, null));
  }

  function change(job: JobRecord, status: JobRecord['status'], message: string, fields: () => void): void {
    store.transaction(() => {
      fields();
      job.status = status;
      store.put('job', job);
      addEvent(services, job, message);
    });
  }

  /** Makes a last change in one transaction and lets go of the job. */
  function finish(work: ActiveJob, lastChange: () => void): void {
    const { job } = work;
    store.transaction(() => {
      lastChange();
      store.removeChildren('step', job.id);
      store.removeChildren('epoch', job.id);
    });
    work.training?.stop();
    active.delete(job.id);
    void tidy(services, job);
  }

  const ongoing = (job: JobRecord, needed?: JobRecord['status']): ActiveJob => {
    const work = active.get(job.id);
    if (!work) throw badRequest(`Job has already completed: ${job.id}`);
    if (needed && work.job.status !== needed) throw badRequest(`Job ${job.id} is ${work.job.status}, not ${needed}.`);
    return work;
  };

  return {
    add(job) {
      store.transaction(() => {
        store.put('job', job);
        services.ledger.add({ kind: 'job', id: job.id, model: job.base, metadata: job.metadata });
        addEvent(services, job, `Created fine-tuning job: ${job.id}`);
        addEvent(services, job, `Validating training file: ${job.trainingFile}`);
      });
      const work = loadActive(services, job);
      active.set(job.id, work);
      advance(work);
    },
    tick,
    cancel(job) {
      const work = ongoing(job);
      finish(work, () => cancel(services, work.job));
      return work.job;
    },
    pause(job) {
      const { job: paused, training } = ongoing(job, 'running');
      change(paused, 'paused', 'The job was paused', () => {
        paused.trainedMs += clock.now() - (paused.runningSinceMs ?? clock.now());
        paused.runningSinceMs = null;
        billPaused(services, paused);
      });
      training?.pause();
      return paused;
    },
    resume(job) {
      const { job: resumed, training } = ongoing(job, 'paused');
      change(resumed, 'running', 'The job was resumed', () => {
        resumed.runningSinceMs = clock.now();
      });
      training?.resume();
      return resumed;
    },
    close() {
      closed = true;
      clearInterval(ticker);
      for (const work of active.values()) work.training?.stop();
    },
  };
}
