import type { Client } from '@temporalio/client';
import { until } from './outcome.ts';

/** 2 is started, held by a worker; 1 waits for its time. */
const scheduled = 1;

async function waiting({ workflow }: Client, run: string) {
  const { raw, status } = await workflow.getHandle(run).describe();
  const pending = (raw.pendingActivities ?? []).filter(({ lastFailure, state }) => lastFailure && state === scheduled);
  return { over: status.name !== 'RUNNING', pending };
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
  const execution = { workflowId: run };
  await until(
    async () => {
      const seen = await waiting(temporal, run);
      for (const { activityId } of seen.pending) {
        await temporal.workflowService.resetActivity({ namespace: 'default', execution, id: activityId ?? '' });
      }
      return seen;
    },
    ({ over }) => over,
  );
}
