import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ActivityFailure, isCancellation, ParentClosePolicy, patched, startChild } from '@temporalio/workflow';
import { tellingType } from '../contract/messages.ts';
import type { Told } from '../contract/notice.ts';
import { activities } from './activities.ts';
import type { Run } from './run.ts';
import type { tellAgain } from './tell-again.ts';

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
  await tell('Tell that the run has ended', {
    event: 'run_ended',
    id: `${runId}-ended`,
    run: name,
    status,
    message,
    ...(verdict ? { verdict } : {}),
    ...(registered ? { registered } : {}),
    cost,
  });
}

/** Tells those who do not watch. What is not taken at once is told again by a workflow of its own: nobody waits for it. */
export async function tell(summary: string, notice: Told): Promise<void> {
  try {
    await activities.notify(summary, notice);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    // Runs that went on without it, before there was such a workflow, are replayed so.
    if (patched('notices-told-again')) await leaveToTell(summary, notice);
  }
}

async function leaveToTell(summary: string, notice: Told): Promise<void> {
  try {
    await startChild<typeof tellAgain>(tellingType, {
      workflowId: `notice-${notice.id}`,
      args: [notice],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: summary,
    });
  } catch (error) {
    // It is being told already.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Tried for as long as its policy says; a failure in the end is seen in the history. */
export async function unlessLost(told: Promise<void>): Promise<void> {
  try {
    await told;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  }
}
