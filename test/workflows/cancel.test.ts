import { connect } from '../../src/client/connect.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, training, until } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

test('a cancelled run stops the job, removes the files and keeps the reason', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  await run.cancel('the labels are wrong');
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled', message: 'the labels are wrong' });
  expect(await run.progress()).toMatchObject({
    status: 'cancelled',
    reason: { message: 'the labels are wrong' },
    job: { platformStatus: 'cancelled' },
  });
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(1);
});

test('a cancellation asked of Temporal itself cleans up just so', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  const temporal = await connect(at.settings.temporal);
  await temporal.workflow.getHandle(run.name).cancel();
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  expect((await temporal.workflow.getHandle(run.name).describe()).status.name).toBe('CANCELLED');
  await temporal.connection.close();
  expect((await run.progress()).job?.platformStatus).toBe('cancelled');
  expect(await filesLeft(at)).toBe(0);
});

test('a run that is cancelled while its file is checked has paid no job', async () => {
  at.simulator.set({ fileProcessingMs: 3_600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'upload');
  await run.cancel('not today');
  await failureOf(run);
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(0);
});

test('a run whose job had ended before it could be stopped keeps the model and what it has cost', async () => {
  at.simulator.set({ modelReadyMs: 3_600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'warmup');
  await run.cancel('too late');
  await failureOf(run);
  const { job, cost } = await run.progress();
  expect(job).toMatchObject({ platformStatus: 'succeeded', model: expect.stringMatching(/^ft:/) });
  expect(cost.trainingUsd).toBeGreaterThan(0);
});
