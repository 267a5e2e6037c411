import { runKey } from '../../src/contract/run-key.ts';
import { setClock } from './support/clock.ts';
import { courses } from './support/courses.ts';
import { type Outcome, outcomeOf, spentBy, until } from './support/outcome.ts';
import { openWorld, type World } from './support/world.ts';

// The worker's machine has the wrong time, on a platform whose listings lag and whose models answer late.

const hourMs = 3_600_000;
const createsJob = { method: 'POST', path: '/v1/fine_tuning/jobs' };

const clocks: Record<string, number[]> = {
  'three hours ahead': [3 * hourMs],
  'three hours behind': [-3 * hourMs],
  'jumping forth and back all the time': [3 * hourMs, 0, -3 * hourMs, 60_000],
};

/** How a run goes; the answer of its create is lost in two of them. */
const ways = {
  'goes undisturbed': courses.succeeds,

  async 'does not hear of its job'(at: World, name: string) {
    await at.addFault({ kind: 'drop-after', ...createsJob, withHeaders: { 'x-run': name } });
    return await courses.succeeds(at, name);
  },

  async 'is cancelled before it hears of its job'(at: World, name: string) {
    const withHeaders = { 'x-run': name };
    await at.addFault({ kind: 'job', job: { queueMs: hourMs }, withHeaders });
    await at.addFault({ kind: 'drop-after', ...createsJob, withHeaders });
    const run = await courses.succeeds(at, name);
    const { runId } = await run.progress();
    await until(
      async () => (await spentBy(at, runKey(runId, 1))).jobs,
      (jobs) => jobs === 1,
    );
    await run.cancel('No longer wanted.');
    return run;
  },
};
const wayNames = Object.keys(ways) as (keyof typeof ways)[];

let world: World;
let undisturbed: Outcome;

beforeAll(async () => {
  world = await openWorld({ listLagSeconds: 2 });
  await world.set({ listLagMs: 1_000, modelReadyMs: 1_000 });
  undisturbed = await outcomeOf(world, await courses.succeeds(world, 'undisturbed'));
  const { href } = new URL('./support/wrong-clock.ts', import.meta.url);
  world.env.NODE_OPTIONS = `--import=${href}`;
  setClock(world.folder, 0);
  await world.kill(['worker']);
  await world.start(['worker']);
});
afterAll(async () => await world.close());

test('undisturbed, a run pays one job and leaves its two files', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

describe.each(Object.keys(clocks))('the clock of the worker is %s', (clock) => {
  const ends = new Map<string, { outcome: Outcome; jobs: string[] }>();

  beforeAll(async () => {
    const times = clocks[clock] ?? [];
    const set = () => setClock(world.folder, times[jumps++ % times.length] ?? 0);
    let jumps = 0;
    set();
    const jumping = setInterval(set, 700);
    try {
      await Promise.all(
        wayNames.map(async (way) => {
          const name = `${clock} ${way}`.replaceAll(/\W+/g, '-').slice(0, 60);
          const run = await ways[way](world, name);
          const outcome = await outcomeOf(world, run);
          const key = runKey((await run.progress()).runId, 1);
          const jobs = await world.platform.findJobs({ key, trainingFileIds: [], since: 0 });
          ends.set(way, { outcome, jobs: jobs.map(({ state }) => state) });
        }),
      );
    } finally {
      clearInterval(jumping);
    }
  });

  test.each(wayNames)('and a run %s', (way) => {
    const cancelled = { outcome: { jobs: 1, paid: 0, files: 0, error: 'run_cancelled' }, jobs: ['cancelled'] };
    const succeeded = { outcome: undisturbed, jobs: ['succeeded'] };
    expect(ends.get(way)).toEqual(way.startsWith('is cancelled') ? cancelled : succeeded);
  });
});
