import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { workflowStart } from '../../src/client/start.ts';
import { parseRunConfig, type RunConfigInput } from '../../src/contract/config.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { createWorker } from '../../src/worker.ts';
import { smallDataSet, testSettings } from '../support/pipeline.ts';
import { timeSkipping } from '../support/temporal.ts';

const hourMs = 3_600_000;

/** A whole run at a platform whose clock is that of a server that skips what nobody has to wait for. */
async function inSkippedTime(platform: Partial<SimulatorOptions>, changes: Partial<RunConfigInput>) {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-hours-'));
  const environment = await timeSkipping();
  const simulator = await startSimulator({
    dataDir: join(folder, 'simulator'),
    now: () => environment.currentTimeMs(),
    ...platform,
  });
  try {
    await writeFile(join(folder, 'data.jsonl'), smallDataSet());
    const settings = testSettings(folder, simulator.url);
    const source = { workflowBundle: { codePath: process.env.TUNEWRIGHT_TEST_BUNDLE ?? '' } };
    const worker = await createWorker(settings, environment.nativeConnection, source);
    const data = { train: 'data.jsonl' };
    const config = { connection: 'simulator', model: 'stand-in-mini', data, budgetUsd: 5, pollSeconds: 1, ...changes };
    const input = { config: parseRunConfig(config), attempt: 1 };
    return await worker.runUntil(async () => {
      const run = await environment.client.workflow.start(...workflowStart('hours', settings.taskQueue, input));
      const { comparison } = await run.result();
      const { startTime, closeTime } = await run.describe();
      const hours = (Number(closeTime) - Number(startTime)) / hourMs;
      const events = await evaluationOf(environment.client, run.workflowId);
      return { hours, comparison, events, totals: simulator.ledger().totals };
    });
  } finally {
    await simulator.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
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
  const { hours, totals } = await inSkippedTime({ faults }, {});
  expect(hours).toBeGreaterThan(3);
  expect(hours).toBeLessThan(3.5);
  expect(totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
});

test('batches that take 20 hours are waited for without an event', async () => {
  const changes = { evaluation: { batch: true }, pollSeconds: 600 };
  const { hours, comparison, events, totals } = await inSkippedTime({ batchSeconds: 20 * 3600 }, changes);
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
