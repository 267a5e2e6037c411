import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { progressMemo } from '../contract/messages.ts';
import type { RunProgress, RunStatus, StageProgress } from '../contract/run.ts';

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** Temporal's word for a closed workflow, where the workflow itself had no chance to say it. */
const closedAs: Partial<Record<WorkflowExecutionDescription['status']['name'], RunStatus>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  TERMINATED: 'failed',
  CANCELLED: 'cancelled',
};

/**
 * Progress out of what the server knows alone: memo and heartbeats. No worker is asked, so that it is also told when
 * none is up. Undefined until the run's first task has been worked on.
 */
export function progressOf(description: WorkflowExecutionDescription): RunProgress | undefined {
  const kept = description.memo?.[progressMemo] as RunProgress | undefined;
  if (!kept) return undefined;
  // The memo travels along when a run continues as new: until the new execution has written its own, it is the old one's.
  if (kept.runId !== description.runId) return undefined;
  const closed = closedAs[description.status.name];
  if (closed) return closedProgress(kept, closed, description.status.name);
  const live = liveProgress(description.raw.pendingActivities ?? []);
  return live ? { ...kept, live } : kept;
}

function closedProgress(kept: RunProgress, status: RunStatus, word: string): RunProgress {
  if (word !== 'TERMINATED' && word !== 'TIMED_OUT') return { ...kept, status };
  const message = `The workflow was ${word.toLowerCase().replace('_', ' ')} in Temporal; nothing was cleaned up.`;
  return { ...kept, status, reason: { code: 'run_cancelled', message } };
}

/** The heartbeats of all activities under way, added up where two run side by side. */
function liveProgress(pending: readonly Pending[]): StageProgress | undefined {
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
