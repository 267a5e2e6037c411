import type { Client } from '@temporalio/client';
import type { RunConfigInput } from '../../src/contract/config.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { inSkippedTime } from './support/skipped-time.ts';

const hourMs = 3_600_000;

/** How long a whole run takes, and what it leaves. */
async function hoursOf(platform: Partial<SimulatorOptions>, changes: Partial<RunConfigInput>) {
  return await inSkippedTime(platform, changes, async ({ run, result, tookMs, client, simulator }) => {
    const events = await evaluationOf(client, run.workflowId);
    return { hours: tookMs / hourMs, comparison: result.comparison, events, totals: simulator.ledger().totals };
  });
}

/** The events of the evaluation that the run has begun last. */
async function evaluationOf({ workflow }: Client, run: string) {
  const { events } = await workflow.getHandle(run).fetchHistory();
  const begun = (events ?? []).flatMap(({ childWorkflowExecutionStartedEventAttributes: of }) => of ?? []);
  const history = await workflow.getHandle(begun.at(-1)?.workflowExecution?.workflowId ?? '').fetchHistory();
  return history.events ?? [];
}

test('a run that is told three times to come back in an hour goes on after each', async () => {
  const faults = [
    { preset: 'rate_limited_an_hour', method: 'POST', path: '/v1/files' },
    { preset: 'daily_rate_limit_exceeded' },
    { preset: 'rate_limited_an_hour', method: 'POST', path: '/v1/chat/completions' },
  ];
  const { hours, totals } = await hoursOf({ faults }, { pollSeconds: 1 });
  expect(hours).toBeGreaterThan(3);
  expect(hours).toBeLessThan(3.5);
  expect(totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
});

test('batches that take 20 hours are waited for without an event', async () => {
  const changes = { evaluation: { batch: true }, pollSeconds: 600 };
  const { hours, comparison, events, totals } = await hoursOf({ batchSeconds: 20 * 3600 }, changes);
  expect(hours).toBeGreaterThan(20);
  expect(hours).toBeLessThan(22);
  expect(totals).toMatchObject({ jobs: 1, batches: 2 });
  expect(comparison.tuned.batched?.examples).toBe(comparison.tuned.examples);

  const scheduled = events.filter(
    ({ activityTaskScheduledEventAttributes: of }) => of?.activityType?.name === 'askByBatch',
  );
  expect(scheduled).toHaveLength(2);
  const attempts = events.flatMap(({ activityTaskStartedEventAttributes: of }) =>
    scheduled.some(({ eventId }) => Number(eventId) === Number(of?.scheduledEventId)) ? [Number(of?.attempt)] : [],
  );
  expect(attempts).toHaveLength(2);
  expect(Math.min(...attempts)).toBeGreaterThan(100);
});
