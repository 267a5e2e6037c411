import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { workflowStart } from '../../src/client/start.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { createWorker } from '../../src/worker.ts';
import { smallDataSet, testSettings } from '../support/pipeline.ts';
import { timeSkipping } from '../support/temporal.ts';

const day = 24 * 3600;

/** Types of the events of a run whose job trains so long, without those of workflow tasks; and its calendar days. */
async function historyOf(trainingSeconds: number): Promise<{ events: string[]; tookMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-history-'));
  const environment = await timeSkipping();
  const simulator = await startSimulator({
    dataDir: join(folder, 'simulator'),
    trainingSeconds,
    now: () => environment.currentTimeMs(),
  });
  try {
    await writeFile(join(folder, 'data.jsonl'), smallDataSet());
    const settings = testSettings(folder, simulator.url);
    const source = { workflowBundle: { codePath: process.env.TUNEWRIGHT_TEST_BUNDLE ?? '' } };
    const worker = await createWorker(settings, environment.nativeConnection, source);
    const data = { train: 'data.jsonl' };
    const config = { connection: 'simulator', model: 'stand-in-mini', data, budgetUsd: 5, pollSeconds: 600 };
    const input = { config: parseRunConfig(config), attempt: 1 };
    const began = await environment.currentTimeMs();
    return await worker.runUntil(async () => {
      const run = await environment.client.workflow.start(...workflowStart('history', settings.taskQueue, input));
      await run.result();
      const { events = [] } = await run.fetchHistory();
      const types = events?.map((event) => event.attributes ?? '') ?? [];
      return {
        events: types.filter((type) => !type.startsWith('workflowTask')),
        tookMs: (await environment.currentTimeMs()) - began,
      };
    });
  } finally {
    await simulator.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
}

test('the history of a run does not grow with the hours that its job trains', async () => {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const short = await historyOf(10);
  const long = await historyOf(day);
  expect(short.events).toContain('activityTaskScheduledEventAttributes');
  expect(long.tookMs).toBeGreaterThanOrEqual(day * 1000);
  // Two activities that end side by side may come in either order.
  expect(long.events.toSorted()).toEqual(short.events.toSorted());
  expect(long.events.length).toBeLessThanOrEqual(90);
});
