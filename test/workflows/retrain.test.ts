import { folderStore } from '../../src/artifacts/index.ts';
import { connect } from '../../src/client/connect.ts';
import { holding } from '../support/holding.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, training, until } from '../support/watching.ts';

const holds = holding();
let at: Pipeline;
beforeEach(async () => {
  at = await pipeline({}, {}, (usual) => usual, [holds.around]);
});
afterEach(async () => await at.close());

test('a retraining stops the job of a living run and goes on under its name, linked to it', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  const { runId } = await until(run, 'train', training);
  const next = await run.retrain({ changes: { hyperparameters: { epochs: 1 } } });
  expect(next.name).toBe(run.name);
  at.simulator.set({ trainingSeconds: 0 });
  const result = await next.result();
  expect(await next.progress()).toMatchObject({ attempt: 2, parent: { name: run.name, runId }, status: 'succeeded' });
  expect(result.runId).not.toBe(runId);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 1 });
  expect(await filesLeft(at)).toBe(2);
});

test('a retraining keeps the result of the job under way when it is told to', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  await run.retrain({ changes: { seed: 7 }, currentJob: 'keep' });
  await expect(run.retrain({})).rejects.toMatchObject({
    code: 'refused',
    message: 'A retraining of this run was asked for already.',
  });
  at.simulator.set({ trainingSeconds: 0 });
  at.simulator.advanceClock(3_600_000);
  await run.result();
  expect((await run.progress()).parent?.model).toMatch(/^ft:/);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 2 });
});

test('a retraining of a finished run is a new one, linked to it, with the other settings as they were', async () => {
  const run = await at.client.start(at.config({ hyperparameters: { epochs: 1 }, seed: 5 }));
  const first = await run.result();
  const next = await run.retrain({ changes: { seed: 6 } });
  expect(next.name).not.toBe(run.name);
  const { report } = await next.result();
  const { config } = JSON.parse(await folderStore(at.settings.artifacts).readText(report));
  expect(config).toMatchObject({ seed: 6, hyperparameters: { epochs: 1 } });
  expect(await next.progress()).toMatchObject({ parent: { name: run.name, model: first.model } });
});

test('a retraining that is none is refused before anything is asked', async () => {
  const run = at.client.get('nothing');
  await expect(run.retrain({ changes: { seed: -1 } })).rejects.toMatchObject({ code: 'invalid_config' });
  await expect(run.retrain({})).rejects.toMatchObject({ code: 'run_not_found' });
});

test('a cancellation that comes while a retraining winds the run up is stronger: no second job', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  // The clean-up takes a while.
  holds.hold(run.name, 'stopJobs');
  await run.retrain({});
  await run.cancel('stop everything');
  holds.releaseAll();
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled', message: 'stop everything' });
  expect((await run.progress()).status).toBe('cancelled');
  expect(at.simulator.ledger().totals.jobs).toBe(1);
});

test('a retraining that was to come after the result is not begun when the run is cancelled by Temporal', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  await run.retrain({ currentJob: 'keep' });
  const temporal = await connect(at.settings.temporal);
  await temporal.workflow.getHandle(run.name).cancel();
  await temporal.connection.close();
  await failureOf(run);
  expect((await run.progress()).status).toBe('cancelled');
  expect(at.simulator.ledger().totals.jobs).toBe(1);
});
