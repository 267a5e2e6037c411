import { setTimeout } from 'node:timers/promises';
import { folderStore } from '../../src/artifacts/index.ts';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import type { RunReport } from '../../src/evaluation/index.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { holding } from '../support/holding.ts';
import { overfitting, writeOverfitting } from '../support/overfitting.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, until } from '../support/watching.ts';

const hour = 3_600;
const holds = holding();
let at: Pipeline;
beforeEach(async () => {
  at = await pipeline({ trainingSeconds: hour }, {}, (usual) => usual, [holds.around]);
  await writeOverfitting(at.folder);
});
afterEach(async () => await at.close());

const { epochs } = overfitting.hyperparameters;
const stopping = (changes: Partial<RunConfigInput> = {}) => at.config({ ...overfitting, ...changes });

async function allTrain(run: RunHandle): Promise<void> {
  await until(run, 'train', ({ live, tries = [] }) =>
    (tries.length > 0 ? tries.map((one) => one.live) : [live]).every((one) => one?.platformStatus === 'running'),
  );
}

/** A run whose jobs have trained until it shows what they make of it; for the rest they need the platform's clock. */
async function begin(config: RunConfigInput, name: string): Promise<RunHandle> {
  const run = await at.client.start(config, { name });
  await allTrain(run);
  at.simulator.advanceClock(0.7 * hour * 1000);
  return run;
}

async function reportOf(run: RunHandle): Promise<RunReport> {
  const { report } = await run.result();
  return JSON.parse(await folderStore(at.settings.artifacts).readText(report)) as RunReport;
}

async function status(jobId: string): Promise<string> {
  const platform = createPlatforms(at.settings.connections, { env: at.settings.env }).get('simulator');
  return (await platform.getJob(jobId)).platformStatus;
}

test('a job that overfits is stopped, costs what it had trained, and its best checkpoint is promoted', async () => {
  const gate = { minimumExamples: 5, minimumLifeDays: 0, margins: { base: -1 } };
  const report = await reportOf(await begin(stopping({ register: 'intents', gate }), 'overfits'));
  const { earlyStop, checkpoint, model, job, cost, registered } = report;
  expect(earlyStop).toEqual({ state: 'stopped', why: expect.stringMatching(/^The validation loss was /) });
  expect(model).toBe(checkpoint?.chosen);
  expect(model).toMatch(/:ckpt-step-\d+$/);
  expect(registered).toMatchObject({ promoted: true });
  expect(await status(job.id)).toBe('paused');

  const { entries, totals } = at.simulator.ledger();
  expect(totals).toMatchObject({ jobs: 1, trainings: 1 });
  expect(cost.trainingUsd).toBeCloseTo(entries.find(({ kind }) => kind === 'training')?.dollars ?? Number.NaN);
  const toTheEnd = report.data.train.tokens * epochs;
  expect(job.trainedTokens).toBeGreaterThan(0);
  expect(job.trainedTokens).toBeLessThan(toTheEnd * 0.9);
});

test('of tries that overfit each is stopped, and told apart by its best checkpoint', async () => {
  const run = await begin(stopping({ tries: [{ seed: 1 }, { seed: 2 }] }), 'tries');
  const { model, tries = [], job } = await run.result();
  for (const one of tries) {
    expect(one).toMatchObject({ status: 'trained', earlyStop: { state: 'stopped' } });
    expect(one.model).toMatch(/:ckpt-step-\d+$/);
    expect(await status(one.job?.id ?? '')).toBe('paused');
  }
  const chosen = tries.find((one) => one.chosen);
  expect(job.id).toBe(chosen?.job?.id);
  expect(model).toMatch(/:ckpt-step-\d+$/);
  expect((await run.progress()).earlyStop).toEqual(chosen?.earlyStop);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 2 });
});

test('a job that goes on learning trains to its end', async () => {
  const config = at.config({ split: { validation: 0.3, test: 0.2 }, stopEarly: true });
  const run = await begin(config, 'learns');
  await until(run, 'train', ({ live }) => (live?.metrics?.step ?? 0) > 0);
  at.simulator.advanceClock(hour * 1000);
  const { earlyStop, job, model } = await reportOf(run);
  expect(earlyStop).toBeUndefined();
  expect(model).toBe(job.model);
  expect(await status(job.id)).toBe('succeeded');
});

test('a worker that dies once the job is paused pays nothing twice and stops it no second time', async () => {
  holds.lose('dies', 'stopEarly');
  const { earlyStop, job } = await reportOf(await begin(stopping(), 'dies'));
  expect(earlyStop?.state).toBe('stopped');
  expect(await status(job.id)).toBe('paused');
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
});

test('a run that is cancelled while it stops its job early leaves none that could train on, and no files', async () => {
  holds.hold('unwanted', 'stopEarly');
  const run = await begin(stopping(), 'unwanted');
  await until(run, 'train', ({ earlyStop }) => earlyStop?.state === 'stopping');
  await run.cancel('not today');
  holds.releaseAll();
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  const { job } = await run.progress();
  expect(await status(job?.id ?? '')).toBe('cancelled');
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(1);
});

test('a job that its platform does not pause trains to its end, and the report says so', async () => {
  at.simulator.faults.add({
    kind: 'status',
    path: '/v1/fine_tuning/jobs/*/pause',
    status: 400,
    body: { error: { message: 'Jobs of this kind cannot be paused.', type: 'invalid_request_error' } },
    times: -1,
  });
  const run = await at.client.start(stopping(), { name: 'unstoppable' });
  await allTrain(run);
  // The run looks anew once the platform has refused.
  holds.hold(run.name, 'waitForJob');
  at.simulator.advanceClock(0.7 * hour * 1000);
  while (!holds.isHeld(run.name)) await setTimeout(50);
  at.simulator.advanceClock(hour * 1000);
  holds.releaseAll();
  const { earlyStop, job } = await reportOf(run);
  expect(earlyStop?.state).toBe('refused');
  expect(await status(job.id)).toBe('succeeded');
});

test('where no job can be paused, a run that is to stop early is refused before anything is uploaded', async () => {
  const unable = await pipeline({}, {}, (usual) => ({ ...usual, lacks: ['pause'] }));
  try {
    const run = await unable.client.start(unable.config({ stopEarly: true }));
    expect(await failureOf(run)).toMatchObject({ code: 'refused', message: expect.stringContaining('stopped early') });
    expect(unable.simulator.ledger().totals.files).toBe(0);
  } finally {
    await unable.close();
  }
});

test.each<[string, Partial<RunConfigInput>]>([
  ['validation examples', { split: { validation: 0 } }],
  ['the best checkpoint', { evaluation: { checkpoint: 'last' } }],
])('a run that is to stop early wants %s', async (_, changes) => {
  await expect(at.client.start(at.config({ stopEarly: true, ...changes }))).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('stopEarly'),
  });
});
