import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { RunHandle } from '../../../src/client.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import type { TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { reconcile } from '../../../src/reconcile/reconcile.ts';
import { until } from '../../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { unique } from '../../support/temporal.ts';
import { remove } from './support.ts';

// Runs for which no machine is up: they wait, and nothing is left of one that does not go on.

let storage: string;
let at: Pipeline;
let platform: TrainingPlatform;
beforeEach(async () => {
  storage = await mkdtemp(join(tmpdir(), 'tunewright-storage-'));
  await mkdir(join(storage, 'models/tiny'), { recursive: true });
  at = await pipeline({}, { connections: { mine: { platform: 'huggingface', storage, taskQueue: unique('nobody') } } });
  platform = createPlatforms(at.settings.connections, at.settings).get('mine');
});
afterEach(async () => {
  await at.close();
  await remove(storage);
});

async function waiting(): Promise<RunHandle> {
  const run = await at.client.start(at.config({ connection: 'mine', model: 'tiny' }), { name: unique('waits') });
  const { live } = await until(
    async () => await run.progress(),
    ({ live }) => live?.platformStatus === 'waits for a host',
  );
  expect(live?.metrics).toBeUndefined();
  return run;
}

test('a run that waits for a host is cancelled though nobody is there to hear of it', async () => {
  const run = await waiting();
  await run.cancel('No longer wanted.');
  await until(
    async () => await run.progress(),
    ({ status }) => status === 'cancelled',
  );
  const { jobs, files } = await platform.listHoldings(runKeyPrefix);
  expect(jobs).toMatchObject([{ state: 'cancelled', runName: run.name }]);
  expect(files).toEqual([]);
});

test('what a terminated run has left is found and removed by reconcile', async () => {
  const run = await waiting();
  const { temporal } = at.settings;
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection });
    await client.workflow.getHandle(run.name).terminate('Out of hand.');
    await at.stopWorkers();
    const platforms = createPlatforms(at.settings.connections, at.settings);
    const options = { client, platforms, connections: ['mine'], apply: true, olderThanMs: 0, now: Date.now() + 1_000 };
    const { findings, problems } = await until(
      async () => await reconcile(options),
      ({ findings }) => findings.some(({ verdict }) => verdict === 'leftover'),
    );
    expect(problems).toEqual([]);
    const left = findings.filter(({ verdict }) => verdict === 'leftover');
    expect(left.map(({ kind, state }) => `${state} ${kind}`).sort()).toEqual([
      'terminated file',
      'terminated file',
      'terminated job',
    ]);
    const { jobs, files } = await platform.listHoldings(runKeyPrefix);
    expect(jobs).toMatchObject([{ state: 'cancelled' }]);
    expect(files).toEqual([]);
  } finally {
    await connection.close();
  }
});
