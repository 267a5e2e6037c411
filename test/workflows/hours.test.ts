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

const hourMs = 3_600_000;

test('a run that is told three times to come back in an hour goes on after each', async () => {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-hours-'));
  const environment = await timeSkipping();
  const simulator = await startSimulator({
    dataDir: join(folder, 'simulator'),
    now: () => environment.currentTimeMs(),
    faults: [
      { preset: 'rate_limited_an_hour', method: 'POST', path: '/v1/files' },
      { preset: 'daily_rate_limit_exceeded' },
      { preset: 'rate_limited_an_hour', method: 'POST', path: '/v1/chat/completions' },
    ],
  });
  try {
    await writeFile(join(folder, 'data.jsonl'), smallDataSet());
    const settings = testSettings(folder, simulator.url);
    const source = { workflowBundle: { codePath: process.env.TUNEWRIGHT_TEST_BUNDLE ?? '' } };
    const worker = await createWorker(settings, environment.nativeConnection, source);
    const data = { train: 'data.jsonl' };
    const config = { connection: 'simulator', model: 'stand-in-mini', data, budgetUsd: 5, pollSeconds: 1 };
    const input = { config: parseRunConfig(config), attempt: 1 };
    const { startTime, closeTime } = await worker.runUntil(async () => {
      const run = await environment.client.workflow.start(...workflowStart('hours', settings.taskQueue, input));
      await run.result();
      return await run.describe();
    });
    const hours = (Number(closeTime) - Number(startTime)) / hourMs;
    expect(hours).toBeGreaterThan(3);
    expect(hours).toBeLessThan(3.5);
    expect(simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
  } finally {
    await simulator.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
});
