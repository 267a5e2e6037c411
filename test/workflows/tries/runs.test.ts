import { connect } from '../../../src/client/connect.ts';
import type { RunHandle } from '../../../src/client.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import type { RunProgress } from '../../../src/contract/run.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { failureOf, filesLeft, until, untilJob } from '../../support/watching.ts';

let at: Pipeline;
afterEach(async () => await at.close());

/** One with a learning rate at which nothing is learnt, and one with the platform's own. */
const tries: RunConfigInput['tries'] = [
  { name: 'timid', hyperparameters: { learningRateMultiplier: 1e-60 } },
  { name: 'usual' },
];
const trying: Partial<RunConfigInput> = { tries, split: { validation: 0.25, test: 0.25 } };

async function start(changes: Partial<RunConfigInput> = {}): Promise<RunHandle> {
  return await at.client.start(at.config({ ...trying, ...changes }));
}
const haveJobs = ({ tries: shown = [] }: RunProgress) =>
  shown.length > 0 && shown.every(({ job }) => job !== undefined);
const allTrain = ({ tries: shown = [] }: RunProgress) =>
  shown.length > 0 && shown.every(({ live }) => live?.platformStatus === 'running');

describe('tries of a run', () => {
  beforeEach(async () => {
    at = await pipeline();
  });

  test('the one that does best on the validation examples is the result, and has to prove itself', async () => {
    const run = await start({ register: 'sorter', gate: { minimumExamples: 1 } });
    const result = await run.result();
    const { tries: shown = [], job, cost } = await run.progress();
    const [timid, usual] = shown;
    expect(timid).toMatchObject({ name: 'timid', status: 'trained', chosen: false });
    expect(usual).toMatchObject({ name: 'usual', status: 'trained', chosen: true });
    expect(usual?.says).toBe('The best on the validation examples.');
    expect(timid?.says).toMatch(/^\d+\.\d points below usual on the validation examples\.$/);
    expect(timid?.metrics?.validLoss).toBeGreaterThan(usual?.metrics?.validLoss ?? 100);
    expect(usual?.asked).toBe(16);
    expect(result).toMatchObject({ model: usual?.job?.model, job: { id: usual?.job?.id }, tries: [{}, {}] });
    expect(job?.id).toBe(usual?.job?.id);
    expect(result.registered).toMatchObject({ name: 'sorter', promoted: true });
    expect(cost.trainingUsd).toBeCloseTo((timid?.cost.trainingUsd ?? 0) + (usual?.cost.trainingUsd ?? 0), 8);
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 2 });
  });

  test('one whose job fails is left out, and the run goes on with the other', async () => {
    const failAtStep = { step: 1, code: 'diverged', message: 'The loss is no number.' };
    at.simulator.faults.add({ kind: 'job', job: { failAtStep } });
    const run = await start({ tries: [{ seed: 1 }, { seed: 2 }] });
    const { model } = await run.result();
    const { tries: shown = [] } = await run.progress();
    expect(shown.map(({ name }) => name)).toEqual(['try-1', 'try-2']);
    const failed = shown.find(({ status }) => status === 'failed');
    const trained = shown.find(({ status }) => status === 'trained');
    expect(failed?.says).toContain('The loss is no number.');
    expect(trained).toMatchObject({ chosen: true, says: 'The only one whose model answered.', job: { model } });
  });

  test('where all fail the run fails with the reason of each, and leaves no file behind', async () => {
    const failAtStep = { step: 1, code: 'diverged', message: 'The loss is no number.' };
    at.simulator.faults.add({ kind: 'job', job: { failAtStep }, times: 2 });
    const { code, message } = await failureOf(await start());
    expect(code).toBe('job_failed');
    expect(message).toMatch(/^None of the 2 tries .* timid: .*no number\. usual: .*no number\.$/);
    expect(await filesLeft(at)).toBe(0);
  });

  test('cancelling stops the jobs of all, and nothing is paid or left', async () => {
    at.simulator.set({ trainingSeconds: 3_600 });
    const run = await start();
    await until(run, 'train', allTrain);
    await run.cancel('the labels are wrong');
    expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled', message: 'the labels are wrong' });
    const cancelled = { status: 'cancelled', job: { platformStatus: 'cancelled' } };
    expect((await run.progress()).tries).toMatchObject([cancelled, cancelled]);
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 0 });
    expect(await filesLeft(at)).toBe(0);
  });

  test('pausing pauses the jobs of all, and they go on when the run is resumed', async () => {
    at.simulator.set({ trainingSeconds: 3_600 });
    const run = await start();
    const { tries: shown = [] } = await until(run, 'train', allTrain);
    expect(await run.pause()).toMatch(/^The jobs ftjob-\w+, ftjob-\w+ are paused at the platform\.$/);
    const paused = { job: { platformStatus: 'paused' } };
    expect(await run.progress()).toMatchObject({ status: 'paused', tries: [paused, paused] });
    await run.resume();
    for (const { job } of shown) await untilJob(at, job?.id ?? '', 'running');
    at.simulator.advanceClock(3_600_000);
    await run.result();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 2 });
  });

  test('one whose workflow is terminated has its job stopped, and the other goes on', async () => {
    at.simulator.set({ trainingSeconds: 3_600 });
    const run = await start({ tries: [{ seed: 1 }, { seed: 2 }] });
    const { tries: shown = [] } = await until(run, 'train', haveJobs);
    const temporal = await connect(at.settings.temporal);
    await temporal.workflow.getHandle(shown[0]?.workflow ?? '').terminate();
    await temporal.connection.close();
    await untilJob(at, shown[0]?.job?.id ?? '', 'cancelled');
    at.simulator.advanceClock(3_600_000);
    await run.result();
    expect((await run.progress()).tries).toMatchObject([
      { status: 'failed', job: { platformStatus: 'cancelled' } },
      { status: 'trained', chosen: true },
    ]);
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 1 });
  });

  test('a retraining tries them all again, after the jobs under way were stopped', async () => {
    at.simulator.set({ trainingSeconds: 3_600 });
    const run = await start();
    await until(run, 'train', haveJobs);
    await run.retrain({ changes: { seed: 3 } });
    at.simulator.set({ trainingSeconds: 0 });
    await run.result();
    const { attempt, tries: shown } = await run.progress();
    expect(attempt).toBe(2);
    expect(shown).toMatchObject([
      { name: 'timid', seed: 3 },
      { name: 'usual', seed: 3, chosen: true },
    ]);
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 4, trainings: 2 });
  });

  test('the budget is for all of them together', async () => {
    const plain = await at.client.start(at.config({ ...trying, tries: undefined, budgetUsd: 1e-9 }));
    expect(await failureOf(plain)).toMatchObject({ code: 'over_budget' });
    const one = (await plain.progress()).cost.estimatedUsd ?? 0;
    const run = await start({ budgetUsd: one * 1.5 });
    expect(await failureOf(run)).toMatchObject({ code: 'over_budget' });
    expect((await run.progress()).cost.estimatedUsd).toBeGreaterThan(one * 1.5);
    expect(at.simulator.ledger().totals).toMatchObject({ files: 0, jobs: 0 });
  });
});

test('several base models are tried, and the run proves the one that it goes on with', async () => {
  at = await pipeline({}, undefined, ({ catalogue, ...connection }) => {
    const [usual] = catalogue.models as [(typeof catalogue.models)[number]];
    const prices = { ...usual.prices, training: 4, input: 0.1, output: 0.4 };
    return {
      ...connection,
      catalogue: { ...catalogue, models: [...catalogue.models, { ...usual, id: 'stand-in-nano', prices }] },
    };
  });
  at.simulator.setModels({ 'stand-in-nano': {} });
  const run = await start({ tries: [{ name: 'mini' }, { name: 'nano', model: 'stand-in-nano' }] });
  const { comparison, tries: shown } = await run.result();
  expect(shown).toMatchObject([
    { baseModel: 'stand-in-mini', chosen: false },
    { baseModel: 'stand-in-nano', chosen: true },
  ]);
  // They are equally good.
  expect(shown?.[1]?.says).toBe('As good as mini on the validation examples, and it is cheaper to ask.');
  expect(comparison.base.model).toBe('stand-in-nano');
  expect((await run.progress()).baseModel).toBe('stand-in-nano');
});

test('tries take the job slots of their connection like runs', async () => {
  at = await pipeline({}, undefined, (connection) => ({
    ...connection,
    catalogue: { ...connection.catalogue, limits: { jobsAtOnce: 1 } },
  }));
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await start();
  const { tries: shown = [] } = await until(run, 'train', (now) => Boolean(now.tries?.some(({ live }) => live?.queue)));
  expect(shown.filter(({ job }) => job)).toHaveLength(1);
  at.simulator.set({ trainingSeconds: 0 });
  at.simulator.advanceClock(3_600_000);
  await run.result();
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 2 });
});
