import type { RunConfigInput } from '../../src/contract/config.ts';
import { config, until } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

const tries: RunConfigInput['tries'] = [{ seed: 1 }, { seed: 2 }, { seed: 3 }];
const trying: RunConfigInput = { ...config, split: { validation: 0.25, test: 0.25 }, tries };

const world = await openWorld();
afterEach(async () => await world.clearFaults());
afterAll(async () => await world.close());

const created = async () => (await world.ledger()).totals;

test('each job is paid once when the worker is killed while they are created, and while they train', async () => {
  await world.set({ trainingSeconds: 5 });
  const before = await created();
  // They take effect, and whoever has asked does not live to hear of it.
  await world.addFault({
    kind: 'delay',
    ms: 3_000,
    when: 'after',
    method: 'POST',
    path: '/v1/fine_tuning/jobs',
    times: 3,
  });
  const run = await world.client.start(trying, { name: 'killed' });
  await until(created, ({ jobs }) => jobs > before.jobs);
  await world.kill(['worker']);
  await world.start(['worker']);
  await until(
    async () => (await run.progress()).tries ?? [],
    (shown) => shown.length > 0 && shown.every(({ job }) => job !== undefined),
  );
  await world.kill(['worker']);
  await world.start(['worker']);
  const { model } = await run.result();
  const { tries: shown = [] } = await run.progress();
  expect(shown.map(({ status }) => status)).toEqual(['trained', 'trained', 'trained']);
  expect(shown.filter(({ chosen }) => chosen).map(({ job }) => job?.model)).toEqual([model]);
  const { jobs, trainings, files } = await created();
  expect({ jobs: jobs - before.jobs, trainings: trainings - before.trainings }).toEqual({ jobs: 3, trainings: 3 });
  expect(files - before.files).toBe(6);
});

test('a worker that is killed while the tries are cancelled leaves none of their jobs behind', async () => {
  await world.set({ trainingSeconds: 600 });
  const before = await created();
  const run = await world.client.start(trying, { name: 'stopped' });
  await until(
    async () => (await run.progress()).tries ?? [],
    (shown) => shown.length > 0 && shown.every(({ job }) => job !== undefined),
  );
  await world.addFault({ kind: 'delay', ms: 2_000, path: '/v1/fine_tuning/jobs/*/cancel', times: -1 });
  await run.cancel('No longer wanted.');
  await until(
    async () => (await world.faults()).some(({ struck }) => struck > 0),
    (begun) => begun,
  );
  await world.kill(['worker']);
  await world.clearFaults();
  await world.start(['worker']);
  await expect(run.result()).rejects.toMatchObject({ code: 'run_cancelled' });
  const { tries: shown = [] } = await run.progress();
  expect(shown.map(({ job }) => job?.platformStatus)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect((await created()).trainings).toBe(before.trainings);
  expect(await world.platform.findFiles(`tunewright-${(await run.progress()).runId}`)).toEqual([]);
});
