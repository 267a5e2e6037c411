import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { runKey } from '../../src/contract/run-key.ts';
import { temporalBinary, testTemporal } from '../support/temporal.ts';
import { failureOf, training, until } from '../support/watching.ts';
import { type Bench, bench, told } from './support.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(async () => await at.close());

test('of a retrained run each attempt stands for itself', async () => {
  at.simulator.set({ trainingSeconds: 600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  await run.retrain({ changes: { seed: 7 }, currentJob: 'keep' });
  at.simulator.advanceClock(600_000);
  await until(run, 'train', (now) => now.attempt === 2 && training(now));
  expect(told(await at.reconcile({ apply: true }))).toEqual([
    'file running owned',
    'file running owned',
    'file succeeded owned',
    'file succeeded owned',
    'job running owned',
    'job succeeded owned',
    'model succeeded owned',
  ]);

  await at.terminate(run);
  expect(told(await at.reconcile({ apply: true }))).toEqual([
    'file succeeded owned',
    'file succeeded owned',
    'file terminated leftover removed',
    'file terminated leftover removed',
    'job succeeded owned',
    'job terminated leftover removed',
    'model succeeded owned',
  ]);
});

test('a run whose first execution is past retention is found by its name; what that execution made is not known', async () => {
  at.simulator.set({ trainingSeconds: 600 });
  const run = await at.client.start(at.config());
  const { runId } = await until(run, 'train', training);
  await run.retrain({ changes: { seed: 7 }, currentJob: 'keep' });
  at.simulator.advanceClock(600_000);
  await until(run, 'train', (now) => now.attempt === 2 && training(now));
  expect(told(await at.reconcile({ apply: true, client: at.hiding(runId, 'everywhere') }))).toEqual([
    'file running owned',
    'file running owned',
    'file unknown foreign',
    'file unknown foreign',
    'job running owned',
    'job unknown foreign',
    'model unknown foreign',
  ]);
});

test('what an attempt left that was retrained without a result is left over while its run goes on', async () => {
  at.simulator.set({ trainingSeconds: 600 });
  const run = await at.client.start(at.config());
  const { job } = await until(run, 'train', training);
  // The files of the first attempt cannot be removed when it is wound up, so that the run goes on without.
  at.simulator.faults.add({ kind: 'status', status: 403, method: 'DELETE', times: 1 });
  await run.retrain({ changes: { seed: 7 } });
  await until(run, 'train', (now) => now.attempt === 2 && training(now));
  expect((await at.platform.getJob(job?.id ?? '')).state).toBe('cancelled');
  expect(told(await at.reconcile({ apply: true }))).toEqual([
    'file running owned',
    'file running owned',
    'file superseded leftover removed',
    'file superseded leftover removed',
    'job running owned',
  ]);
});

test('a run that was terminated and then reset lives, and owns what it has made', async () => {
  at.simulator.set({ trainingSeconds: 600 });
  const run = await at.client.start(at.config());
  const { runId } = await until(run, 'train', training);
  await at.terminate(run);
  const which = ['--workflow-id', run.name, '--run-id', runId, '--event-id', '4', '--reason', 'test'];
  await promisify(execFile)(temporalBinary(), ['workflow', 'reset', '--address', testTemporal(), ...which]);
  const { runId: current } = await at.temporal.workflow.getHandle(run.name).describe();
  expect(current).not.toBe(runId);
  // Also while the lists do not show it yet.
  expect(told(await at.reconcile({ apply: true, client: at.hiding(current, 'in lists') }))).toEqual([
    'file running owned',
    'file running owned',
    'job running owned',
  ]);
});

test('a job beside the one that a run has kept is left over, however it came to be', async () => {
  const run = await at.client.start(at.config());
  const { runId, job } = await run.result();
  const [file] = await at.platform.findFiles(runKey(runId, 1));
  at.simulator.set({ trainingSeconds: 600 });
  await at.platform.createJob({
    key: runKey(runId, 1),
    runName: run.name,
    model: 'stand-in-mini',
    trainingFileId: file?.id ?? '',
    method: 'supervised',
    hyperparameters: { epochs: 1, batchSize: 1, learningRateMultiplier: 1 },
    seed: 1,
  });
  expect(told(await at.reconcile({ apply: true }))).toEqual([
    'file succeeded owned',
    'file succeeded owned',
    'job succeeded owned',
    'job superseded leftover removed',
    'model succeeded owned',
  ]);
  expect(await at.platform.getJob(job.id)).toMatchObject({ state: 'succeeded' });
});

test('the model of a run that was cancelled is kept and told how to delete', async () => {
  at.simulator.set({ modelReadyMs: 600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'warmup');
  await run.cancel('too late');
  await failureOf(run);
  at.simulator.advanceClock(600_000);
  const found = await at.reconcile({ apply: true });
  expect(told(found)).toEqual(['job cancelled kept', 'model cancelled kept']);
  const model = found.findings.find(({ kind }) => kind === 'model');
  const path = encodeURIComponent(model?.id ?? '');
  expect(model?.command).toBe(
    `curl -X DELETE -H "Authorization: Bearer $TUNEWRIGHT_SIMULATOR_KEY" '${at.simulator.url}/models/${path}'`,
  );
  await at.platform.deleteModel(model?.id ?? '');
  expect((await at.reconcile()).findings).toEqual([]);
});
