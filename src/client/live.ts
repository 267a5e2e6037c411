import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { evaluationType, inputMemo, progressMemo } from '../contract/messages.ts';
import type { FineTuneInput, RunProgress, RunStatus, StageProgress } from '../contract/run.ts';

/** As it is listed, and as it is described. */
type Execution = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'startTime' | 'memo' | 'status'>;
type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** Temporal's word for a closed workflow, where the workflow itself had no chance to say it. */
export const closedAs: Partial<
  Record<WorkflowExecutionDescription['status']['name'], 'succeeded' | 'failed' | 'cancelled'>
> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  TERMINATED: 'failed',
  CANCELLED: 'cancelled',
};

/** A workflow as the server describes it, and where the run is, the evaluation under way included. Throws what the client does. */
export async function look(
  client: Client,
  name: string,
): Promise<{ description: WorkflowExecutionDescription; progress: RunProgress }> {
  const description = await client.workflow.getHandle(name).describe();
  const { pendingActivities, pendingChildren } = description.raw;
  const own = pendingActivities ?? [];
  // Tries are shown each by itself.
  const evaluations = (pendingChildren ?? []).filter(({ workflowTypeName }) => workflowTypeName === evaluationType);
  const begun = await Promise.all(evaluations.map(async ({ workflowId }) => await pendingOf(client, workflowId ?? '')));
  return { description, progress: progressOf(description, [...own, ...begun.flat()]) };
}

/** Of an evaluation that a run has begun; it may not be there yet. */
async function pendingOf(client: Client, workflowId: string): Promise<readonly Pending[]> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).raw.pendingActivities ?? [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/**
 * Progress out of what the server knows alone: memo and heartbeats. No worker is asked, so that it is also told when
 * none is up.
 */
function progressOf(description: WorkflowExecutionDescription, pending: readonly Pending[]): RunProgress {
  const told = lastTold(description);
  const live = closedAs[description.status.name] ? undefined : liveOf(pending);
  return live ? { ...told, live } : told;
}

/** What a run has last told of itself, and how it was closed where it could not tell that. */
export function lastTold(execution: Execution): RunProgress {
  const memo = execution.memo?.[progressMemo] as RunProgress | undefined;
  // The memo travels along when a run continues as new: until the new execution has written its own, it is the old one's.
  const kept = memo?.runId === execution.runId ? memo : notBegun(execution);
  const closed = closedAs[execution.status.name];
  return closed ? closedProgress(kept, closed, execution.status.name) : kept;
}

/** A run that no worker has taken up yet: what its start alone tells. */
function notBegun({ workflowId, runId, startTime, memo }: Execution): RunProgress {
  const input = memo?.[inputMemo] as FineTuneInput | undefined;
  return {
    name: workflowId,
    runId,
    attempt: input?.attempt ?? 1,
    status: 'running',
    stage: 'inspect',
    connection: input?.config.connection ?? '',
    baseModel: input?.config.model ?? '',
    startedAt: startTime.toISOString(),
    timings: [],
    cost: { simulated: false },
    live: { message: 'no worker has taken the run up yet' },
  };
}

function closedProgress({ question: _, live: __, ...kept }: RunProgress, status: RunStatus, word: string): RunProgress {
  if (word !== 'TERMINATED' && word !== 'TIMED_OUT') return { ...kept, status };
  const message = `The workflow was ${word.toLowerCase().replace('_', ' ')} in Temporal; nothing was cleaned up.`;
  return { ...kept, status, reason: { code: 'run_cancelled', message } };
}

/** The heartbeats of all activities under way, added up where two run side by side. */
export function liveOf(pending: readonly Pending[]): StageProgress | undefined {
  const beats = pending.map(heartbeat).filter((beat) => beat !== undefined);
  const trouble = pending.map(troubleOf).find((text) => text !== undefined);
  const [first, ...rest] = beats;
  if (!first) return trouble ? { trouble } : undefined;
  const sum = { ...first };
  for (const beat of rest) {
    sum.done = (sum.done ?? 0) + (beat.done ?? 0);
    sum.total = (sum.total ?? 0) + (beat.total ?? 0);
  }
  return { ...sum, ...(trouble ? { trouble } : {}) };
}

function heartbeat(activity: Pending): StageProgress | undefined {
  const payload = activity.heartbeatDetails?.payloads?.[0];
  if (!payload) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<StageProgress | undefined>(payload) ?? undefined;
  } catch {
    // Encrypted by a codec that this client does not have: progress is shown without it.
    return undefined;
  }
}

function troubleOf(activity: Pending): string | undefined {
  const failure = activity.lastFailure;
  if (!failure || failure.applicationFailureInfo?.type === 'still_pending') return undefined;
  return `attempt ${activity.attempt}: ${failure.message ?? 'failed'}`;
}
