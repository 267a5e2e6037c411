import type { Client } from '@temporalio/client';
import { pendingOf } from './evaluations.ts';
import { until } from './outcome.ts';

/** 2 is started, held by a worker; 1 waits for its time. */
const scheduled = 1;

async function waiting(temporal: Client, run: string) {
  const { over, pending } = await pendingOf(temporal, run);
  return { over, pending: pending.filter(({ lastFailure, state }) => lastFailure && state === scheduled) };
}

/** Waits until something of the run waits for a person, or the run is over; answers the names of what it failed with. */
export async function troubleOf(temporal: Client, run: string): Promise<string[]> {
  const forPeople = ({ scheduledTime }: { scheduledTime?: { seconds?: unknown } | null }) =>
    Number(scheduledTime?.seconds) * 1_000 > Date.now() + 10_000;
  const { pending } = await until(
    async () => await waiting(temporal, run),
    (seen) => seen.over || seen.pending.some(forPeople),
  );
  return pending.filter(forPeople).map(({ lastFailure }) => lastFailure?.applicationFailureInfo?.type ?? '');
}

/** What a person does who has mended it and does not want to wait for the next minute; until the run is over. */
export async function tryAgain(temporal: Client, run: string): Promise<void> {
  await until(
    async () => {
      const seen = await waiting(temporal, run);
      for (const { activityId, workflowId } of seen.pending) {
        const execution = { workflowId };
        await temporal.workflowService.resetActivity({ namespace: 'default', execution, id: activityId ?? '' });
      }
      return seen;
    },
    ({ over }) => over,
  );
}
