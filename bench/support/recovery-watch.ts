import { setTimeout } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';

const { PENDING_ACTIVITY_STATE_STARTED: started } = proto.temporal.api.enums.v1.PendingActivityState;

/** Milliseconds since the kill. */
export interface Recovery {
  /** The server has counted the attempt as lost: its own detection, by the heartbeats that were missed. */
  noticedMs: number;
  /** The next attempt is under way on another worker. */
  atWorkMs: number;
}

const lookEveryMs = 50;

/** Of several of that name, always the same one; of the run or of its evaluation. */
async function pending(run: WorkflowHandle, activity: string) {
  const { raw } = await run.describe();
  const begun = (raw.pendingChildren ?? []).map(async ({ workflowId }) => {
    return (await run.client.getHandle(workflowId ?? '').describe()).raw.pendingActivities ?? [];
  });
  const all = [...(raw.pendingActivities ?? []), ...(await Promise.all(begun)).flat()];
  const own = all.filter(({ activityType }) => activityType?.name === activity);
  const [found] = own.toSorted((a, b) => Number(a.activityId) - Number(b.activityId));
  return found && { attempt: found.attempt ?? 0, underWay: found.state === started };
}

/** The attempt of that activity that is under way; 0 while none is. */
export async function attemptNow(run: WorkflowHandle, activity: string): Promise<number> {
  const found = await pending(run, activity);
  return found?.underWay ? found.attempt : 0;
}

/** Throws when the next attempt is not under way within `limitMs`. */
export async function watchRecovery(
  run: WorkflowHandle,
  activity: string,
  attempt: number,
  killedAt: number,
  limitMs: number,
): Promise<Recovery> {
  let noticedMs: number | undefined;
  while (Date.now() - killedAt < limitMs) {
    const found = await pending(run, activity);
    if (found && found.attempt > attempt) {
      noticedMs ??= Date.now() - killedAt;
      if (found.underWay) return { noticedMs, atWorkMs: Date.now() - killedAt };
    }
    await setTimeout(lookEveryMs);
  }
  throw new Error(`${activity} was not taken up again within ${limitMs / 1000} s.`);
}
