import { inSkippedTime } from './support/skipped-time.ts';

const day = 24 * 3600;

/** Types of the events of a run whose job trains so long, without those of workflow tasks; and how long it took. */
async function historyOf(trainingSeconds: number): Promise<{ events: string[]; tookMs: number }> {
  return await inSkippedTime({ trainingSeconds }, { pollSeconds: 600 }, async ({ run, tookMs }) => {
    const { events } = await run.fetchHistory();
    const types = events?.map((event) => event.attributes ?? '') ?? [];
    return { events: types.filter((type) => !type.startsWith('workflowTask')), tookMs };
  });
}

test('the history of a run does not grow with the hours that its job trains', async () => {
  const short = await historyOf(10);
  const long = await historyOf(day);
  expect(short.events).toContain('activityTaskScheduledEventAttributes');
  expect(long.tookMs).toBeGreaterThanOrEqual(day * 1000);
  // Two activities that end side by side may come in either order.
  expect(long.events.toSorted()).toEqual(short.events.toSorted());
  expect(long.events.length).toBeLessThanOrEqual(90);
});
