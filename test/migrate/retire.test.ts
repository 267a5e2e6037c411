import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import type { Settings } from '../../src/config.ts';
import { type Retirement, type RetirementInput, retirementType } from '../../src/contract/migration.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { createWorker } from '../../src/worker.ts';
import { day } from '../adopt/account.ts';
import { newVersion } from '../records/support/samples.ts';
import { testSettings } from '../support/pipeline.ts';
import { timeSkipping, unique } from '../support/temporal.ts';

const dayMs = 86_400_000;

/** Retires version 1 of a model, which its platform shuts down in so many days, as the clock of the server goes. */
async function retire(
  shutInDays: number,
  meanwhile: (records: Records) => Promise<void> = async () => undefined,
  changes: (settings: Settings) => Settings = (settings) => settings,
) {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-retire-'));
  const environment = await timeSkipping();
  const simulator = await startSimulator({
    dataDir: join(folder, 'simulator'),
    now: () => environment.currentTimeMs(),
    models: { 'stand-in-mini': { shutdownDate: day(shutInDays) } },
  });
  const settings = testSettings(folder, simulator.url);
  const records = await openRecords(settings.records);
  try {
    const known = { connection: 'simulator', modelId: 'stand-in-mini', shutdownDate: day(30) };
    await records.registerVersion(newVersion(1, known));
    await records.registerVersion(newVersion(2));
    await records.promote({ model, version: 2, by: 'kim', requestId: 'first' });
    await meanwhile(records);
    const source = { workflowBundle: { codePath: process.env.TUNEWRIGHT_TEST_BUNDLE ?? '' } };
    const worker = await createWorker(changes(settings), environment.nativeConnection, source);
    return await worker.runUntil(async () => {
      const input: RetirementInput = { model, version: 1, shutdownDate: day(30), by: 'migrate-support' };
      const options = { workflowId: unique('retire'), taskQueue: settings.taskQueue, args: [input] };
      const retirement = await environment.client.workflow.start(retirementType, options);
      const result = (await retirement.result()) as Retirement;
      const { startTime, closeTime } = await retirement.describe();
      const days = Math.ceil((Number(closeTime) - Number(startTime)) / dayMs);
      const [last] = await records.audit(model);
      return { result, days, last, version: await records.getVersion(model, 1) };
    });
  } finally {
    await records.close();
    await simulator.close();
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
}
const model = 'support-intents';

test('the old version is retired on the day on which its platform shuts it down, and not before', async () => {
  const { result, days, last, version } = await retire(30);
  expect(result).toEqual({ model, version: 1, retired: true });
  expect(days).toBe(30);
  expect(version.retired).toMatchObject({ by: 'migrate-support', reason: 'Its platform has shut it down.' });
  expect(last).toMatchObject({ action: 'retire', version: 1, reason: 'Its platform has shut it down.' });
});

test('one that lives longer than was announced is looked at again until it is dead', async () => {
  const { result, days } = await retire(33);
  expect(result.retired).toBe(true);
  expect(days).toBe(33);
});

test('one that has come back into service is left alone, with the reason', async () => {
  const { result, version } = await retire(30, async (records) => {
    await records.rollback({ model, version: 1, by: 'kim', reason: 'it was better', requestId: 'back' });
  });
  expect(result).toEqual({ model, version: 1, retired: false, reason: 'It is the champion again, and dead.' });
  expect(version.retired).toBeUndefined();
});

test('one that a person has retired stays as it is', async () => {
  const { result, version } = await retire(30, async (records) => {
    await records.retire({ model, version: 1, by: 'kim', reason: 'it was wrong', requestId: 'early' });
  });
  expect(result).toMatchObject({ retired: false, reason: expect.stringContaining('it was wrong') });
  expect(version.retired).toMatchObject({ by: 'kim' });
});
