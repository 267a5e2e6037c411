import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { failureOf, training, until } from '../support/watching.ts';
import { type Bench, bench, told } from './support.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(async () => await at.close());

/** A run that trains for long. */
async function trainingRun() {
  at.simulator.set({ trainingSeconds: 600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  return run;
}

test('what a terminated run has left is listed, removed on demand, and gone then', async () => {
  const run = await trainingRun();
  await at.terminate(run);
  const jobId = (await run.progress()).job?.id ?? '';

  const listed = await at.reconcile();
  expect(told(listed)).toEqual(['file terminated leftover', 'file terminated leftover', 'job terminated leftover']);
  expect(listed.findings.map((finding) => finding.run)).toEqual([run.name, run.name, run.name]);
  expect((await at.platform.getJob(jobId)).state).toBe('running');

  const removed = await at.reconcile({ apply: true });
  expect(told(removed)).toEqual([
    'file terminated leftover removed',
    'file terminated leftover removed',
    'job terminated leftover removed',
  ]);
  expect((await at.platform.getJob(jobId)).state).toBe('cancelled');
  expect(await at.platform.findFiles('')).toEqual([]);
  expect(await at.reconcile({ apply: true })).toEqual({ connections: ['simulator'], findings: [], problems: [] });
});

test('nothing that a living run or a successful one owns is touched', async () => {
  const succeeded = await at.client.start(at.config());
  await succeeded.result();
  const living = await trainingRun();
  expect(told(await at.reconcile({ apply: true }))).toEqual([
    'file running owned',
    'file running owned',
    'file succeeded owned',
    'file succeeded owned',
    'job running owned',
    'job succeeded owned',
    'model succeeded owned',
  ]);
  const { job } = await living.progress();
  expect((await at.platform.getJob(job?.id ?? '')).state).toBe('running');
  expect(await at.platform.findFiles('')).toHaveLength(4);
});

test('a thing younger than asked is left alone, whatever became of its run', async () => {
  await at.terminate(await trainingRun());
  const olderThanMs = 2 * 3_600_000 + 60_000;
  const kept = await at.reconcile({ apply: true, olderThanMs });
  expect(told(kept)).toEqual(['file terminated young', 'file terminated young', 'job terminated young']);
  expect(await at.platform.findFiles('')).toHaveLength(2);
});

test('things of a run that this Temporal does not know are listed and left; those of others are not listed', async () => {
  // A run of this Temporal bears the name that the foreign job carries: only the key tells whose it is.
  const run = await at.client.start(at.config({ budgetUsd: 0.000_001 }));
  await failureOf(run);
  const path = join(at.folder, 'data.jsonl');
  const { size: bytes } = await stat(path);
  const upload = async (name: string) => await at.platform.uploadFile({ path, name, bytes }, {});
  const key = `tunewright-${randomUUID()}-1`;
  const file = await upload(`${key}-train-0123456789abcdef.jsonl`);
  at.simulator.set({ trainingSeconds: 600 });
  const spec = {
    model: 'stand-in-mini',
    trainingFileId: file.id,
    seed: 1,
    runName: run.name,
    method: 'supervised',
  } as const;
  const hyperparameters = { epochs: 1, batchSize: 'auto', learningRateMultiplier: 'auto' } as const;
  const job = await at.platform.createJob({ ...spec, key, hyperparameters });
  const plain = await upload('mine.jsonl');
  const alike = await upload('tunewright-notes-1.jsonl');
  await at.platform.createJob({ ...spec, key: 'mine', trainingFileId: plain.id, hyperparameters });

  const { findings, problems } = await at.reconcile({ apply: true });
  expect(problems).toEqual([]);
  expect(findings).toMatchObject([
    { kind: 'file', id: file.id, key, run: undefined, state: 'unknown', verdict: 'foreign' },
    { kind: 'job', id: job.id, key, run: run.name, state: 'unknown', verdict: 'foreign' },
  ]);
  expect((await at.platform.findFiles('')).map(({ id }) => id).sort()).toEqual([file.id, plain.id, alike.id].sort());
  expect((await at.platform.getJob(job.id)).state).not.toBe('cancelled');
});

test('a platform that refuses is named, and the rest goes on', async () => {
  await at.terminate(await trainingRun());
  at.simulator.faults.add({ preset: 'server_error', method: 'DELETE', times: 1 });
  const first = await at.reconcile({ apply: true });
  expect(told(first)).toEqual([
    'file terminated leftover failed',
    'file terminated leftover removed',
    'job terminated leftover removed',
  ]);
  const failed = first.findings.find(({ outcome }) => outcome === 'failed');
  expect(first.problems).toMatchObject([{ connection: 'simulator', id: failed?.id, code: 'platform_unavailable' }]);
  expect(told(await at.reconcile({ apply: true }))).toEqual(['file terminated leftover removed']);
});

test('a connection that cannot be listed is named; one without a key only when it was asked for', async () => {
  at.simulator.faults.add({ preset: 'server_error', method: 'GET', times: 1 });
  expect((await at.reconcile({ connections: undefined })).problems).toMatchObject([
    { connection: 'simulator', id: undefined, code: 'platform_unavailable' },
  ]);
  const named = await at.reconcile({ connections: ['keyless', 'simulator', 'none'] });
  expect(named.connections).toEqual(['simulator']);
  expect(named.problems).toMatchObject([
    { connection: 'keyless', code: 'missing_key' },
    { connection: 'none', code: 'unknown_connection' },
  ]);
});

test('with no key at all there is nothing to look at, which is a failure', async () => {
  const platforms = createPlatforms({ keyless: { platform: 'openai' } }, { env: {} });
  await expect(at.reconcile({ platforms, connections: undefined })).rejects.toMatchObject({ code: 'missing_key' });
});

test('without Temporal nothing is judged', async () => {
  await at.terminate(await trainingRun());
  await at.temporal.connection.close();
  await expect(at.reconcile({ apply: true })).rejects.toThrow();
  expect(await at.platform.findFiles('')).toHaveLength(2);
});
