import { activityInfo, getClient } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import {
  accountName,
  accountType,
  type Member,
  type Reservation,
  type ReservationAnswer,
  requestSlotSignal,
  reserveUpdate,
  type SlotAnswer,
  type SlotRequest,
  slotQuery,
} from '../contract/account.ts';
import { TunewrightError } from '../contract/errors.ts';
import { progressMemo } from '../contract/messages.ts';
import type { RunProgress, StageProgress } from '../contract/run.ts';
import { parseRunKey } from '../contract/run-key.ts';
import type { JobState, TrainingPlatform } from '../platforms/platform.ts';
import { attended, heartbeat } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';

const lookAgainMs = 5_000;
const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/** What an account that is not there yet begins with. */
function startOf(connection: string) {
  const { taskQueue } = activityInfo();
  const state = { connection, slots: { jobsAtOnce: null, holding: [], waiting: [] }, months: [] };
  return { workflowId: accountName(taskQueue, connection), taskQueue, args: [state] };
}

export function accountActivities({ platforms }: Dependencies) {
  return {
    /** Promises a run its estimate in the month's budget of the connection, once a key. */
    reserveMoney: async (connection: string, asked: Reservation): Promise<ReservationAnswer> =>
      await reserveIn(connection, asked),

    /** Answers when the run may have a job; until then the server calls it again, and the heartbeat tells the position. */
    async takeSlot(connection: string, asked: SlotRequest): Promise<void> {
      const start = startOf(connection);
      const { workflow } = getClient();
      const answer = await asking(async () => {
        const known = await slotOf(start.workflowId, asked.key);
        if (known) return known;
        await workflow.signalWithStart(accountType, { ...start, signal: requestSlotSignal, signalArgs: [asked] });
        return await slotOf(start.workflowId, asked.key);
      });
      if (answer?.granted) return;
      const { position = 0, of = 0 } = answer ?? {};
      heartbeat({ queue: { position, of } } satisfies StageProgress);
      throw stillPending(`Number ${position} of ${of} that wait for a job slot of ${connection}.`, lookAgainMs);
    },

    /** Of these attempts the keys of those that have ended, and whose jobs no longer train. */
    async findEnded({ connection, members }: { connection: string; members: Member[] }): Promise<string[]> {
      const platform = platforms.get(connection);
      return await attended(async () => {
        const gone: string[] = [];
        for (const member of members) {
          if ((await isOver(member)) && !(await trains(platform, member))) gone.push(member.key);
        }
        return gone;
      });
    },
  };
}

/** Promises a sum of the month's budget of the connection, once a key. */
export async function reserveIn(connection: string, asked: Reservation): Promise<ReservationAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation(accountType, {
    ...startOf(connection),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const options = { args: [asked] as [Reservation], startWorkflowOperation };
  return await asking(async () => await getClient().workflow.executeUpdateWithStart(reserveUpdate, options));
}

/** An account that does not answer is asked again: it is no fault of the run. */
async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await attended(call);
  } catch (cause) {
    throw new TunewrightError('temporal_unreachable', 'The account of the connection does not answer.', {
      advice: 'It is asked again; see the workflow whose name begins with "account-" in the Temporal Web UI.',
      retry: 'yes',
      cause,
    });
  }
}

/** Undefined where the account does not know the key, or is not there. */
async function slotOf(account: string, key: string): Promise<SlotAnswer | undefined> {
  try {
    const handle = getClient().workflow.getHandle(account);
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? await handle.query(slotQuery, key) : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function isOver({ key, run }: Member): Promise<boolean> {
  const made = parseRunKey(key);
  try {
    const { status, raw, memo } = await getClient().workflow.getHandle(run).describe();
    if (status.name !== 'RUNNING' || raw.workflowExecutionInfo?.firstRunId !== made?.firstExecutionRunId) return true;
    const progress = memo?.[progressMemo] as RunProgress | undefined;
    return (progress?.attempt ?? 1) > (made?.attempt ?? 1);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

/** The job of a run that was terminated goes on, and the platform counts it. */
async function trains(platform: TrainingPlatform, { key }: Member): Promise<boolean> {
  // Found by the key alone: the listing by training file need not be read.
  const jobs = await platform.findJobs({ key, trainingFileIds: [], since: Date.now() });
  return jobs.some(({ state }) => !ended.includes(state));
}
