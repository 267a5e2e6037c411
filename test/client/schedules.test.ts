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
  await expect(at.client.schedules.create({ name: unique('x'), cron: 'often', config })).rejects.toMatchObject({
    code: 'invalid_config',
  });
  const name = unique('twice');
  await at.client.schedules.create({ name, cron: '0 3 * * 1', config });
  await expect(at.client.schedules.create({ name, cron: '0 3 * * 1', config })).rejects.toMatchObject({
    code: 'run_exists',
  });
  await at.client.schedules.delete(name);
});
