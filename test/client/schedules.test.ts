import { connect } from '../../src/client/connect.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
});
afterAll(async () => await at.close());

/** The schedule as it is listed; the list is written a moment after the schedule itself. */
async function listed(name: string, ready: (schedule: { paused: boolean; recentRuns: string[] }) => boolean) {
  for (;;) {
    for await (const schedule of at.client.schedules.list()) {
      if (schedule.name === name && ready(schedule)) return schedule;
    }
  }
}

test('a schedule starts runs, is paused, resumed and deleted', async () => {
  const name = unique('nightly');
  await at.client.schedules.create({ name, cron: '0 3 * * 1', config: at.config() });
  const created = await listed(name, () => true);
  expect(created.paused).toBe(false);
  expect(new Date(created.nextRuns[0] ?? '').getUTCHours()).toBe(3);

  await at.client.schedules.trigger(name);
  const [run = ''] = (await listed(name, ({ recentRuns }) => recentRuns.length > 0)).recentRuns;
  expect(run.startsWith(name)).toBe(true);
  const result = await at.client.get(run).result();
  expect(result.model).toMatch(/^ft:/);

  await at.client.schedules.pause(name, 'holiday');
  await listed(name, ({ paused }) => paused);
  await at.client.schedules.resume(name);
  await listed(name, ({ paused }) => !paused);

  await at.client.schedules.delete(name);
  await expect(at.client.schedules.trigger(name)).rejects.toMatchObject({ code: 'run_not_found' });
});

test('two runs of one schedule are paid one job each', async () => {
  const name = unique('hourly');
  await at.client.schedules.create({ name, cron: '0 * * * *', config: at.config() });
  const before = at.simulator.ledger().totals.jobs;
  for (const count of [1, 2]) {
    await at.client.schedules.trigger(name);
    const { recentRuns } = await listed(name, (schedule) => schedule.recentRuns.length === count);
    await at.client.get(recentRuns.at(-1) ?? '').result();
  }
  expect(at.simulator.ledger().totals.jobs - before).toBe(2);
  await at.client.schedules.delete(name);
});

test('a schedule that is none is refused', async () => {
  const config = at.config();
  for (const cron of ['often', '99 3 * * 1', '0 25 * * 1']) {
    await expect(at.client.schedules.create({ name: unique('x'), cron, config })).rejects.toMatchObject({
      code: 'invalid_config',
    });
  }
  const name = unique('twice');
  await at.client.schedules.create({ name, cron: '0 3 * * 1', config });
  await expect(at.client.schedules.create({ name, cron: '0 3 * * 1', config })).rejects.toMatchObject({
    code: 'run_exists',
  });
  await at.client.schedules.delete(name);
});

/** How the workflow that a check was started as has ended. */
async function checked(name: string): Promise<unknown> {
  await at.client.schedules.createCatalogueCheck({ name, cron: '0 6 * * *' });
  await at.client.schedules.trigger(name);
  const [id = ''] = (await listed(name, ({ recentRuns }) => recentRuns.length > 0)).recentRuns;
  const temporal = await connect(at.settings.temporal);
  try {
    return await temporal.workflow.getHandle(id).result();
  } catch (error) {
    return (error as Error).cause;
  } finally {
    await at.client.schedules.delete(name);
    await temporal.connection.close();
  }
}

test('a scheduled check passes where the catalogue and the platforms agree; a connection without a key is told', async () => {
  expect(await checked(unique('agreed'))).toEqual([
    { connection: 'simulator', drift: [] },
    { connection: 'keyless', drift: [], trouble: expect.stringContaining('NO_SUCH_KEY') },
  ]);
});

test('a scheduled check fails by name where they do not', async () => {
  const other = await pipeline({}, {}, (connection) => {
    const [model] = connection.catalogue.models;
    return { ...connection, catalogue: { models: [model, { ...model, id: 'gone-mini' }] } };
  });
  const before = at;
  at = other;
  try {
    expect(await checked(unique('drifted'))).toMatchObject({
      type: 'catalogue_drift',
      message: 'simulator: gone-mini is in the catalogue, but the platform does not offer it.',
    });
  } finally {
    at = before;
    await other.close();
  }
});
