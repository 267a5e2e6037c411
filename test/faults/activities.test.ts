import type { RunHandle } from '../../src/client.ts';
import { type Boundary, boundariesOf } from './support/boundaries.ts';
import { readNotes, writeHolds } from './support/holds.ts';
import { config, outcomeOf, until } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

// Every run is held still at a boundary of its own; then one SIGKILL meets them all, and another worker takes over.

const everyEffect = process.env.TUNEWRIGHT_FAULTS === 'all';
const cleanUp = /^(stopJobs|removeFiles) /;

const world = await openWorld();

/** Runs that succeed: the rest of the test may hold them. */
async function begin(names: string[]): Promise<RunHandle[]> {
  return await Promise.all(names.map(async (name) => await world.client.start(config, { name })));
}

/** Runs that are cancelled while their jobs wait for their turn at the platform. */
async function beginAndCancel(names: string[]): Promise<RunHandle[]> {
  await world.addFault({ kind: 'job', job: { queueMs: 3_600_000 }, times: names.length });
  const runs = await begin(names);
  await until(
    async () => await Promise.all(runs.map(async (run) => (await run.progress()).job?.id)),
    (jobs) => jobs.every((id) => id !== undefined),
  );
  for (const run of runs) await run.cancel('No longer wanted.');
  return runs;
}

/** An undisturbed run: what becomes of it, and its boundaries. */
async function enumerate(start: typeof begin, name: string) {
  const [run] = await start([name]);
  const outcome = await outcomeOf(world, run as RunHandle);
  return { outcome, boundaries: await boundariesOf(world, name, everyEffect) };
}

const paths = await (async () => {
  const succeeded = await enumerate(begin, 'succeeds');
  const { outcome, boundaries } = await enumerate(beginAndCancel, 'cancelled');
  return { succeeded, cancelled: { outcome, boundaries: boundaries.filter(({ activity }) => cleanUp.test(activity)) } };
})().catch(async (error: unknown) => {
  await world.close();
  throw error;
});
const boundaries = Object.values(paths).flatMap((path) => path.boundaries);
const names = (of: { boundaries: Boundary[] }) => of.boundaries.map(({ run }) => run);

beforeAll(async () => {
  writeHolds(world.folder, Object.fromEntries(boundaries.map((boundary) => [boundary.run, boundary])));
  await beginAndCancel(names(paths.cancelled));
  await begin(names(paths.succeeded));
  await until(
    () => {
      const held = new Set(readNotes(world.folder).flatMap((note) => (note.held === undefined ? [] : [note.run])));
      return boundaries.filter(({ run }) => !held.has(run));
    },
    (missing) => missing.length === 0,
  );
  await world.kill(['worker']);
  writeHolds(world.folder, {});
  await world.start(['worker']);
});
afterAll(async () => await world.close());

test('undisturbed, a run pays one job and leaves its two files, and a cancelled one leaves nothing', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(paths.succeeded.outcome).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  expect(paths.cancelled.outcome).toEqual({ jobs: 1, paid: 0, files: 0, error: 'run_cancelled' });
});

describe.each(['before', 'during', 'after'] as const)('the worker is killed %s an activity', (when) => {
  test.each(boundaries.filter((boundary) => boundary.when === when))('$activity: $at', async ({ run }) => {
    const { outcome } = names(paths.cancelled).includes(run) ? paths.cancelled : paths.succeeded;
    expect(await outcomeOf(world, world.client.get(run))).toEqual(outcome);
  });
});

test('what was created is what these runs own', async () => {
  const [succeeded, cancelled] = [paths.succeeded, paths.cancelled].map((path) => path.boundaries.length + 1) as [
    number,
    number,
  ];
  const { totals } = await world.ledger();
  expect(totals).toMatchObject({
    jobs: succeeded + cancelled,
    trainings: succeeded,
    files: 2 * (succeeded + cancelled),
  });
  expect(await world.platform.findFiles('tunewright-')).toHaveLength(2 * succeeded);
});
