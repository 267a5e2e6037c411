import { CancelledFailure, makeContinueAsNewFunc } from '@temporalio/workflow';
import { nextAttempt } from '../contract/next-attempt.ts';
import type { FineTuneInput, RetrainRequest, RunResult } from '../contract/run.ts';
import { activities } from './activities.ts';
import { failureOf, namedFailure, type Reason } from './failures.ts';
import { trainingCost } from './rules.ts';
import type { Run } from './run.ts';
import { endServing } from './serving.ts';
import { identity } from './training.ts';

const cancelledByServer = 'Cancelled by a request to Temporal.';

/**
 * Ends a run early: its job is stopped and seen stopped, its deployments and files are removed, what was spent is recorded. Answers
 * whether nothing of it can cost any more; files that stay are left to `reconcile`.
 */
export async function windUp(run: Run, error: unknown): Promise<boolean> {
  const { now } = run.progress;
  const { control } = run;
  // Told to stop, it ends for that reason, whatever an activity happened to fail with at that moment.
  const { stopping } = control;
  now.reason = stopping ? stopReason(run) : failureOf(error);
  now.status = !stopping ? 'failed' : control.continuation ? 'retraining' : 'cancelling';
  run.progress.publish();

  const jobTrouble = (await attempted(() => stopJob(run))) + troubleOfTries(run);
  const hostingTrouble = await attempted(() => endServing(run));
  const fileTrouble = await attempted(() => removeFiles(run));
  // Asked again: a cancellation may have come in the meantime.
  if (stopping) now.reason = stopReason(run);
  now.reason.message += jobTrouble + hostingTrouble + fileTrouble;
  const stopped = jobTrouble + hostingTrouble === '';
  const retraining = stopped && control.continuation;
  run.progress.end(retraining ? 'retraining' : stopping && control.cancelled ? 'cancelled' : 'failed');
  return stopped;
}

/** What went wrong, as a sentence; empty when nothing did. One failure must not keep the other from being tried. */
async function attempted(call: () => Promise<void>): Promise<string> {
  try {
    await call();
    return '';
  } catch (error) {
    return ` Cleaning up at the platform failed: ${failureOf(error).message}`;
  }
}

/** Tries stop their own jobs. */
function troubleOfTries({ progress }: Run): string {
  const { tries = [] } = progress.now;
  return tries.flatMap(({ name, trouble }) => (trouble ? [` ${name}: ${trouble}`] : [])).join('');
}

async function stopJob(run: Run): Promise<void> {
  const { now } = run.progress;
  const { connection, tries = [] } = now;
  const paused = tries.flatMap(({ job, earlyStop }) => (job && earlyStop?.state === 'stopped' ? [job.id] : []));
  if (paused.length > 0)
    await activities.stopJobs('Stop the jobs that are paused', { connection, ...identity(run), jobIds: paused });
  if (!run.createBegun) return;
  const jobs = await activities.stopJobs('Stop the job and see it stopped', {
    connection: now.connection,
    ...identity(run),
    jobIds: now.job ? [now.job.id] : [],
    all: true,
  });
  const furthest = jobs.find(({ model }) => model) ?? jobs[0];
  if (!furthest) return;
  now.job = furthest;
  // A job that was stopped is billed for what it had trained by then.
  if (run.prices) now.cost = { ...now.cost, ...trainingCost(jobs, run.prices) };
}

async function removeFiles({ uploadBegun, key, files, progress }: Run): Promise<void> {
  if (!uploadBegun) return;
  const { connection, stage } = progress.now;
  const fileMayExist = stage === 'upload';
  await activities.removeFiles('Remove the files of this run', { connection, key, fileIds: files, fileMayExist });
}

/** The run goes on under its name, with the changes, as the next attempt: on the version of the workers that is current. */
export async function continueAs(run: Run, request: RetrainRequest): Promise<never> {
  const { name, runId, job } = run.progress.now;
  const parent = { name, runId, ...(job?.model ? { model: job.model } : {}) };
  const asNew = makeContinueAsNewFunc<(input: FineTuneInput) => Promise<RunResult>>({
    initialVersioningBehavior: 'AUTO_UPGRADE',
  });
  return await asNew(nextAttempt(run.started, request.changes, parent));
}

/** The failure that closes the workflow: cancelled when it was cancelled, otherwise the named reason. */
export function conclude({ progress }: Run, error: unknown): Error {
  const { status, reason } = progress.now;
  const { code, message, advice } = reason ?? failureOf(error);
  if (status === 'cancelled') return new CancelledFailure(message);
  return namedFailure(code, message, advice ?? '');
}

function stopReason({ control }: Run): Reason {
  const message = control.cancelReason ?? (control.continuation ? 'Stopped to be retrained.' : cancelledByServer);
  return { code: 'run_cancelled', message };
}
