import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Runtime } from '@temporalio/worker';
import { workflowStart } from '../../../src/client/start.ts';
import { parseRunConfig, type RunConfigInput } from '../../../src/contract/config.ts';
import type { RunResult } from '../../../src/contract/run.ts';
import { createLogger, installRuntime } from '../../../src/logger.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/simulator/index.ts';
import { createWorker } from '../../../src/worker.ts';
import { smallDataSet, testSettings } from '../../support/pipeline.ts';
import { timeSkipping } from '../../support/temporal.ts';

/** A run that has ended, with where it ran. */
export interface SkippedRun {
  run: WorkflowHandle;
  result: RunResult;
  /** From its beginning to its end, by the clock of the server. */
  tookMs: number;
  client: TestWorkflowEnvironment['client'];
  simulator: Simulator;
}

/** A whole run at a platform whose clock is that of a server that skips what nobody has to wait for, and a look at it after. */
export async function inSkippedTime<T>(
  platform: Partial<SimulatorOptions>,
  changes: Partial<RunConfigInput>,
  look: (ended: SkippedRun) => Promise<T>,
): Promise<T> {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-skipped-'));
  const environment = await timeSkipping();
  const { client } = environment;
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
    const config = { connection: 'simulator', model: 'stand-in-mini', data, budgetUsd: 5, ...changes };
    const input = { config: parseRunConfig(config), attempt: 1 };
    return await worker.runUntil(async () => {
      const run = await client.workflow.start(...workflowStart('skipped', settings.taskQueue, input));
      const result = await run.result();
      const { startTime, closeTime } = await run.describe();
      return await look({ run, result, tookMs: Number(closeTime) - Number(startTime), client, simulator });
    });
  } finally {
    await simulator.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
}
