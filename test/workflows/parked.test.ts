import type { RunProgress } from '../../src/contract/run.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, until, untilJob } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

const create = { method: 'POST', path: '/v1/fine_tuning/jobs' } as const;
const parked = (now: RunProgress): boolean => now.status === 'parked';

/** A run whose create was repeated on the way, with the ids of both jobs in the order of the choices. */
async function withTwoJobs() {
  at.simulator.faults.add({ ...create, kind: 'duplicate' });
  const run = await at.client.start(at.config());
  const { question } = await until(run, 'train', parked);
  expect(question).toMatchObject({
    code: 'contradiction',
    message: expect.stringContaining('holds 2 jobs of this run'),
  });
  const ids = question?.choices.map(({ name }) => name) ?? [];
  expect(ids).toEqual([expect.stringMatching(/^ftjob-/), expect.stringMatching(/^ftjob-/)]);
  return { run, ids };
}

const trainingOf = (id: string) =>
  at.simulator.ledger().entries.filter((entry) => entry.kind === 'training' && entry.id === id);

test.each([0, 1])(
  'of two jobs that a repeated create has made, the chosen one (%i) is kept and the other is stopped',
  async (i) => {
    at.simulator.set({ trainingSeconds: 3_600 });
    const { run, ids } = await withTwoJobs();
    const [kept, other] = i === 0 ? ids : ids.toReversed();
    expect(await run.decide(kept as string)).toBe(`Goes on with ${kept} and stops the others.`);
    await untilJob(at, other as string, 'cancelled');
    at.simulator.advanceClock(3_600_000);
    const result = await run.result();
    expect(result.job.id).toBe(kept);
    expect(trainingOf(kept as string)).toHaveLength(1);
    expect(trainingOf(other as string)).toEqual([]);
    expect(await run.progress()).not.toHaveProperty('question');
  },
);

test('what a stopped job had trained is part of the cost', async () => {
  const { run, ids } = await withTwoJobs();
  await run.decide(ids[0] as string);
  const { cost, job } = await run.result();
  // Both had trained to the end: instant training.
  expect(at.simulator.ledger().totals.trainings).toBe(2);
  const one = at.simulator.ledger().entries.find(({ kind, id }) => kind === 'training' && id === job.id)?.dollars ?? 0;
  expect(one).toBeGreaterThan(0);
  expect(cost.trainingUsd).toBeCloseTo(2 * one, 9);
});

test('a parked run is listed as such, refuses what it was not asked, and stops both jobs when it is cancelled', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const { run } = await withTwoJobs();
  await expect(run.decide('both')).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('There is no choice "both". Choices: ftjob-'),
  });
  await expect(run.pause()).rejects.toMatchObject({
    code: 'refused',
    message: 'The run is parked: it waits for a decision.',
  });
  await expect(run.resume()).rejects.toMatchObject({
    code: 'refused',
    message: 'The run is parked: it waits for a decision.',
  });
  await run.cancel('neither');
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 0 });
  expect(await filesLeft(at)).toBe(0);
});

describe('where the answer to a create was lost and the platform does not list its jobs', () => {
  const unlistable = {
    kind: 'status',
    status: 405,
    method: 'GET',
    path: '/v1/fine_tuning/jobs',
    times: -1,
    id: 'unlistable',
  } as const;

  async function inDoubt(lost: 'drop-before' | 'drop-after') {
    // The first look is answered, so that the create is made.
    at.simulator.faults.add({ ...unlistable, skip: 2 });
    at.simulator.faults.add({ ...create, kind: lost });
    const run = await at.client.start(at.config());
    const { question } = await until(run, 'train', parked);
    expect(question).toMatchObject({
      message: expect.stringContaining('The job may exist already, and the platform does not tell'),
      choices: [{ name: 'look' }, { name: 'create' }],
    });
    return run;
  }

  test('a person who has looked lets it be created', async () => {
    const run = await inDoubt('drop-before');
    await run.decide('create');
    await run.result();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1 });
  });

  test('it is looked for again, and found', async () => {
    const run = await inDoubt('drop-after');
    at.simulator.faults.remove('unlistable');
    await run.decide('look');
    await run.result();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1 });
  });

  test('a key that may not list is waited for', async () => {
    at.simulator.set({ trainingSeconds: 3_600 });
    at.simulator.faults.add({ ...unlistable, status: 403, skip: 2 });
    at.simulator.faults.add({ ...create, kind: 'drop-after' });
    const run = await at.client.start(at.config());
    const now = await until(run, 'train', ({ live }) => live?.trouble?.includes('403') ?? false);
    expect(now.status).toBe('running');
    await run.cancel('seen');
    at.simulator.faults.remove('unlistable');
    await failureOf(run);
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 0 });
  });
});
