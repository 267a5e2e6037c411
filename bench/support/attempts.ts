import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

export type HistoryEvent = NonNullable<History['events']>[number];

/** How often each activity of that name was begun until it ended, in the order of their scheduling. */
export function attemptsOf(activity: string, { events }: History): number[] {
  const all = events ?? [];
  const started = all.map((event) => event.activityTaskStartedEventAttributes);
  return all
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity)
    .map(({ eventId }) => started.find((one) => String(one?.scheduledEventId) === String(eventId))?.attempt ?? 0);
}
