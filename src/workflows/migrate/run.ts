import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  isCancellation,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { inputMemo, workflowType } from '../../contract/messages.ts';
import type { FineTuneInput } from '../../contract/run.ts';
import { runPriority, runSummary } from '../../contract/run-start.ts';
import { namedFailure } from '../failures.ts';
import type { fineTune } from '../fine-tune.ts';

export type MigrationRun = ChildWorkflowHandle<typeof fineTune>;

/** Of the migration's own id, whose beginning is the time: enough to tell its run from the model's other ones. */
const tailLength = 8;

/**
 * Starts the run, which goes on whatever becomes of the migration, unless that is cancelled. After a reset it has the
 * same name, so that none is paid beside it.
 */
export async function startRun(input: FineTuneInput): Promise<MigrationRun> {
  const workflowId = `${input.config.name}-${workflowInfo().firstExecutionRunId.slice(-tailLength)}`;
  try {
    return await startChild<typeof fineTune>(workflowType, {
      workflowId,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: 'ABANDON',
      staticSummary: runSummary(input),
      memo: { [inputMemo]: input },
      priority: runPriority(input),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const advice = `\`tunewright watch ${workflowId}\` follows it.`;
    throw namedFailure('run_exists', `The run of this migration, ${workflowId}, was started before.`, advice);
  }
}

/** Waits for its end. Throws by the run's name where it failed; a run that somebody has cancelled has failed. */
export async function endOf(run: MigrationRun): ReturnType<MigrationRun['result']> {
  try {
    return await run.result();
  } catch (error) {
    const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
    if (!isCancellation(cause)) throw cause;
    const advice = `\`tunewright show ${run.workflowId}\` tells what was spent.`;
    throw namedFailure('run_cancelled', `Its run ${run.workflowId} was cancelled.`, advice);
  }
}
