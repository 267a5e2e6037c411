import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { activities } from './activities.ts';
import type { Run } from './run.ts';

/** Keeps what is known of a run that has ended where it outlives Temporal's retention. A run never fails for its record. */
export async function keepRecord(run: Run): Promise<void> {
  const { key, input, progress, evaluations } = run;
  const endedAt = new Date().toISOString();
  await unlessLost(
    activities.keepRecord('Keep the record of this run', {
      key,
      config: input.config,
      run: progress.now,
      endedAt,
      evaluations,
    }),
  );
}

/** Tells those who do not watch that the run has ended, and how. */
export async function tellEnd({ progress }: Run): Promise<void> {
  const { name, runId, status, verdict, registered, cost, reason } = progress.now;
  const message = reason?.message ?? verdict?.says ?? '';
  await unlessLost(
    activities.notify('Tell that the run has ended', {
      event: 'run_ended',
      id: `${runId}-ended`,
      run: name,
      status,
      message,
      ...(verdict ? { verdict } : {}),
      ...(registered ? { registered } : {}),
      cost,
    }),
  );
}

/** Tried for as long as its policy says; a failure in the end is seen in the history. */
export async function unlessLost(told: Promise<void>): Promise<void> {
  try {
    await told;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  }
}
