import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  continueAsNew,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import type { ErrorCode, FailureDetails } from '../contract/errors.ts';
import { nextAttempt } from '../contract/next-attempt.ts';
import type { FineTuneInput, RetrainRequest, RunProgress, RunResult } from '../contract/run.ts';
import { activities } from './activities.ts';
import { trainingCost } from './rules.ts';
import type { Run } from './run.ts';

const cancelledByServer = 'Cancelled by a request to Temporal.';

/** Ends a run early: its job is stopped and seen stopped, its files are removed, what was spent is recorded. */
export async function windUp(run: Run, error: unknown): Promise<void> {
  const { now } = run.progress;
  const stopping = isCancellation(error);
  now.reason = reasonOf(run, error);
  now.status = run.control.retrain && stopping ? 'retraining' : stopping ? 'cancelling' : 'failed';
  run.progress.publish();

  try {
    await release(run);
  } catch (error) {
    const failure = reasonOf(run, error);
    now.reason.message += ` Cleaning up at the platform failed too: ${failure.message}`;
  }
  run.progress.end(now.status === 'cancelling' ? 'cancelled' : now.status);
}

async function release(run: Run): Promise<void> {
  const { now } = run.progress;
  const { connection } = run.input.config;
  const { key, since } = run;
  // A create that was refused by name had no effect; one that was cut off may have had its own.
  const cutOff = now.reason?.code === 'run_cancelled' || now.reason?.code === 'internal';
  if (run.createBegun) {
    const job = await activities.stopJobs('Stop the job and see it stopped', {
      connection,
      key,
      since,
      trainingFileIds: run.files,
      jobId: now.job?.id,
      jobMayExist: now.job === undefined && cutOff,
    });
    if (job) now.job = job;
    // A job that was stopped is billed for what it had trained by then.
    if (job && run.prices) now.cost = { ...now.cost, ...trainingCost(job.trainedTokens, run.prices) };
  }
  if (run.uploadBegun) {
    const fileMayExist = now.stage === 'upload';
    await activities.removeFiles('Remove the files of this run', { connection, key, fileMayExist });
  }
}

/** The run goes on under its name, with the changes, as the next attempt. */
export async function continueAs(run: Run, request: RetrainRequest): Promise<never> {
  const { name, runId, job } = run.progress.now;
  const parent = { name, runId, ...(job?.model ? { model: job.model } : {}) };
  return await continueAsNew<(input: FineTuneInput) => Promise<RunResult>>(
    nextAttempt(run.input, request.changes, parent),
  );
}

/** The failure that closes the workflow: cancelled when it was cancelled, otherwise the named reason. */
export function conclude(run: Run, error: unknown): Error {
  const { code, message, advice } = run.progress.now.reason ?? reasonOf(run, error);
  if (isCancellation(error)) return new CancelledFailure(message);
  const details = { advice: advice ?? '' } satisfies FailureDetails;
  return ApplicationFailure.create({ message, type: code, nonRetryable: true, details: [details] });
}

function reasonOf(run: Run, error: unknown): NonNullable<RunProgress['reason']> {
  if (isCancellation(error)) {
    const message = run.control.cancelReason ?? (run.control.retrain ? 'Stopped to be retrained.' : cancelledByServer);
    return { code: 'run_cancelled', message };
  }
  const failure = error instanceof ActivityFailure ? error.cause : error;
  if (failure instanceof ApplicationFailure) {
    const details = failure.details?.[0] as FailureDetails | undefined;
    return {
      code: (failure.type ?? 'internal') as ErrorCode,
      message: failure.message,
      ...(details ? { advice: details.advice } : {}),
    };
  }
  return { code: 'internal', message: rootCause(error) ?? String(error) };
}
