import { connect } from '../../src/client/connect.ts';
import { progressQuery } from '../../src/contract/messages.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { training, until } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

test('a run takes a data set to an evaluated model, for one paid job', async () => {
  const run = await at.client.start(at.config());
  const result = await run.result();
  expect(result.model).toMatch(/^ft:/);
  expect(result.comparison.tuned.score.value).toBeGreaterThan(result.comparison.base.score.value);
  expect(result.comparison.tuned.examples).toBe(13);
  const { totals, entries } = at.simulator.ledger();
  expect(totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
  expect(result.cost.trainingUsd).toBeCloseTo(entries.find(({ kind }) => kind === 'training')?.dollars ?? 0);

  const after = await run.progress();
  expect(after).toMatchObject({ status: 'succeeded', scores: { tuned: result.comparison.tuned.score } });
  expect(after.timings.map(({ stage }) => stage)).toEqual([
    'inspect',
    'split',
    'estimate',
    'access',
    'upload',
    'train',
    'warmup',
    'evaluate',
    'gate',
    'report',
  ]);
});

test('a run shows the steps and the loss of the job that trains', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  at.simulator.advanceClock(1_800_000);
  const now = await until(run, 'train', ({ live }) => live?.metrics?.trainLoss !== undefined);
  expect(now.live).toMatchObject({ unit: 'steps', platformStatus: 'running' });
  expect(now.live?.metrics?.step).toBeGreaterThan(0);
  expect(now.live?.total).toBeGreaterThan(now.live?.metrics?.step ?? 0);
});

test('a run is found by the list, with its status', async () => {
  const run = await at.client.start(at.config());
  const { model } = at.config();
  await run.result();
  const listed = async () => {
    const names: string[] = [];
    for await (const one of at.client.list({ status: 'succeeded', model })) names.push(one.name);
    return names;
  };
  // Temporal's visibility store is written a moment after the run itself.
  let names = await listed();
  while (!names.includes(run.name)) names = await listed();
  expect(names).toContain(run.name);
});

test('a name is used once', async () => {
  const { name } = await at.client.start(at.config());
  await expect(at.client.start(at.config(), { name })).rejects.toMatchObject({ code: 'run_exists' });
});

test('an empty name is refused, and nothing starts', async () => {
  await expect(at.client.start(at.config(), { name: '' })).rejects.toMatchObject({
    code: 'invalid_config',
    message: 'The name of the run is empty.',
  });
});

test('a run that no worker has taken up yet says so', async () => {
  await at.stopWorkers();
  const run = await at.client.start(at.config());
  expect(await run.progress()).toMatchObject({
    name: run.name,
    status: 'running',
    baseModel: 'stand-in-mini',
    live: { message: 'no worker has taken the run up yet' },
  });
  await at.startWorker();
  await run.result();
});

test('Temporal itself shows where a run is: by query, search attributes, summary and details', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  const { job } = await until(run, 'train', training);
  const temporal = await connect(at.settings.temporal);
  const workflow = temporal.workflow.getHandle(run.name);
  expect(await workflow.query(progressQuery)).toMatchObject({ name: run.name, stage: 'train', status: 'running' });
  const description = await workflow.describe();
  const attributes = description.typedSearchAttributes;
  expect(attributes.get(searchAttributes.stage)).toBe('train');
  expect(attributes.get(searchAttributes.status)).toBe('running');
  expect(attributes.get(searchAttributes.model)).toBe('stand-in-mini');
  expect(attributes.get(searchAttributes.job)).toBe(job?.id);
  expect(attributes.get(searchAttributes.cost)).toBeGreaterThan(0);
  expect(await description.staticSummary()).toBe('Tune stand-in-mini on data.jsonl (simulator)');

  at.simulator.advanceClock(3_600_000);
  await run.result();
  const after = (await workflow.describe()).typedSearchAttributes;
  expect(after.get(searchAttributes.status)).toBe('succeeded');
  expect(after.get(searchAttributes.score)).toBeGreaterThan(0.9);
  const summaries = (await workflow.fetchHistory()).events?.filter((event) => event.userMetadata?.summary);
  expect(summaries?.length).toBeGreaterThanOrEqual(12);
  await temporal.connection.close();
});
