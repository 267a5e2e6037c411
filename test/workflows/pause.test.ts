import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, training, until, untilJob } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

test('a paused run pauses the job that trains, and goes on when it is resumed', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  const { job } = await until(run, 'train', training);
  expect(await run.pause()).toMatch(/^The job ftjob-\w+ is paused at the platform\.$/);
  expect(await run.progress()).toMatchObject({ status: 'paused', job: { platformStatus: 'paused' } });
  await expect(run.pause()).rejects.toMatchObject({ code: 'refused', message: 'The run is paused already.' });
  await run.resume();
  await untilJob(at, job?.id ?? '', 'running');
  at.simulator.advanceClock(3_600_000);
  await run.result();
  await expect(run.resume()).rejects.toMatchObject({ code: 'run_not_found' });
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1 });
});

test('a job that the platform does not pause while it is queued goes on, and it is said when to try again', async () => {
  at.simulator.set({ queueMs: 3_600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'train', ({ live }) => live?.platformStatus === 'queued');
  await expect(run.pause()).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('is queued, not running'),
    advice: 'The run goes on as before: pause it again when the platform shows its job as running.',
  });
  expect((await run.progress()).status).toBe('running');
  at.simulator.advanceClock(3_600_000);
  await run.result();
});

test('a paused run stops before its next stage when nothing trains yet', async () => {
  at.simulator.set({ fileProcessingMs: 3_600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'upload');
  expect(await run.pause()).toBe('The run stops when its stage "upload" is done.');
  expect(await run.resume()).toBe('The run goes on.');
  await expect(run.resume()).rejects.toMatchObject({ code: 'refused', message: 'The run is not paused.' });
  at.simulator.advanceClock(3_600_000);
  await run.result();
});

test('a paused run can be cancelled', async () => {
  at.simulator.set({ fileProcessingMs: 3_600_000 });
  const run = await at.client.start(at.config());
  await until(run, 'upload');
  await run.pause();
  await run.cancel('no more');
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  expect(at.simulator.ledger().totals.jobs).toBe(0);
});
