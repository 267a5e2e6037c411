import { Client, Connection } from '@temporalio/client';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { stages } from '../../src/contract/run.ts';
import { runKey } from '../../src/contract/run-key.ts';
import { type Boundary, boundariesOf } from './support/boundaries.ts';
import { reconcile } from './support/command.ts';
import { readNotes, writeHolds } from './support/holds.ts';
import { type Outcome, outcomeOf, spentBy, until, config as usual } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

// People meet runs that are held still at every boundary: they cancel, retrain and terminate them.

const everyBoundary = process.env.TUNEWRIGHT_FAULTS === 'all';
/** Asks a few questions only: a hundred runs go on at once. */
const config: RunConfigInput = { ...usual, evaluation: { maxExamples: 3, reuseAnswers: false } };

const world = await openWorld();

const { undisturbed, boundaries } = await (async () => {
  const run = await world.client.start(config, { name: 'undisturbed' });
  return { undisturbed: await outcomeOf(world, run), boundaries: await boundariesOf(world, 'undisturbed', false) };
})().catch(async (error: unknown) => {
  await world.close();
  throw error;
});
const befores = boundaries.filter(
  ({ when, activity }) => when === 'before' && (everyBoundary || activity.endsWith(' 1')),
);
const beforeCreate = boundaries.slice(
  0,
  boundaries.findIndex(({ activity }) => activity === 'createJob 1'),
);

/** Runs of their own, held at these boundaries. */
const group = (name: string, of: Boundary[]) =>
  of.map((boundary) => ({ ...boundary, run: boundary.run.replace('undisturbed', name) }));
const groups = {
  cancelled: group('cancelled', boundaries),
  stopped: group('stopped', befores),
  kept: group('kept', befores),
  alone: group('alone', befores),
  terminated: group(
    'terminated',
    boundaries.filter(
      (one) => everyBoundary || befores.includes(one) || /^(uploadFile|createJob) 1$/.test(one.activity),
    ),
  ),
};
type Group = keyof typeof groups;
const firstIds = new Map<string, string>();

/** Terminated where its job is to wait for its turn at the platform; behind `waitForJob` it has ended. */
const waitsItsTurn = ({ activity, when }: Boundary) =>
  activity === 'createJob 1' || (activity === 'waitForJob 1' && when !== 'after');

/** Starts the runs of these groups, and returns when each is held. */
async function hold(...names: Group[]): Promise<RunHandle[]> {
  const held = names.flatMap((name) => groups[name]);
  writeHolds(world.folder, Object.fromEntries(held.map((boundary) => [boundary.run, boundary])));
  const runs = await Promise.all(held.map(async ({ run }) => await world.client.start(config, { name: run })));
  for (const run of runs) firstIds.set(run.name, (await run.progress()).runId);
  await until(
    () => {
      const told = new Set(readNotes(world.folder).flatMap((note) => (note.held === undefined ? [] : [note.run])));
      return held.filter(({ run }) => !told.has(run));
    },
    (missing) => missing.length === 0,
  );
  return runs;
}

const handlesOf = (name: Group) => groups[name].map(({ run }) => world.client.get(run));
const keyOf = (run: string, attempt: number) => runKey(firstIds.get(run) ?? '', attempt);

/** Jobs that still cost, and files, of runs that end at these boundaries before they have a result. */
function allowed({ activity, when }: Boundary): Outcome[] {
  const error = 'run_cancelled';
  const nothing = { jobs: 0, paid: 0, files: 0, error };
  const stopped = { ...nothing, jobs: 1 };
  const paid = { ...stopped, paid: 1 };
  // Begun, an activity is waited for; a job that trains in milliseconds may have ended before it is stopped.
  if (beforeCreate.some((one) => one.activity === activity)) return [nothing];
  if (activity === 'createJob 1') return when === 'before' ? [nothing, stopped, paid] : [stopped, paid];
  // Either the result is there, or the cancellation was first; never something between.
  if (activity === 'writeReport 1') return [paid, undisturbed];
  // The run has its result: a cancellation that comes now takes nothing away.
  if (['keepRecord 1', 'notify 1'].includes(activity)) return [undisturbed];
  return activity === 'waitForJob 1' ? [stopped, paid] : [paid];
}

let refusals: unknown[][];
let applied: Awaited<ReturnType<typeof reconcile>>;
let living: RunHandle;

beforeAll(async () => {
  await hold('cancelled', 'stopped', 'kept');
  for (const run of handlesOf('cancelled')) await run.cancel('No longer wanted.');
  const retrained = [
    ...handlesOf('stopped').map((run) => ({ run, currentJob: 'stop' as const })),
    ...handlesOf('kept').map((run) => ({ run, currentJob: 'keep' as const })),
  ];
  refusals = await Promise.all(
    retrained.map(async ({ run, currentJob }) => {
      const both = await Promise.allSettled([run.retrain({ currentJob }), run.retrain({ currentJob })]);
      return both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    }),
  );
  writeHolds(world.folder, {});
  await Promise.allSettled(
    (['cancelled', 'stopped', 'kept'] as const).flatMap(handlesOf).map(async (run) => await run.result()),
  );
});

beforeAll(async () => {
  const queued = [...groups.terminated.filter(waitsItsTurn), { run: 'living' }];
  for (const { run } of queued) {
    await world.addFault({ kind: 'job', job: { queueMs: 3_600_000 }, withHeaders: { 'x-run': run } });
  }
  living = await world.client.start(config, { name: 'living' });
  await hold('alone', 'terminated');
  await world.kill(['worker']);
  for (const run of handlesOf('alone')) await run.cancel('No longer wanted.');
  const connection = await Connection.connect({ address: world.address });
  const { workflow } = new Client({ connection });
  for (const { name } of handlesOf('terminated')) await workflow.getHandle(name).terminate('Out of the way.');
  await connection.close();
  writeHolds(world.folder, {});
  await world.start(['worker']);
  await Promise.allSettled(handlesOf('alone').map(async (run) => await run.result()));
  applied = await reconcile(world, { apply: true });
});
afterAll(async () => await world.close());

test('undisturbed, a run pays one job, leaves its two files, and has an activity in every stage', async () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  const { timings } = await world.client.get('undisturbed').progress();
  // It names no registered model of which it could make a version.
  expect(timings.map(({ stage }) => stage)).toEqual(stages.filter((stage) => stage !== 'promote'));
});

const title = '$when $activity';

describe('a run is cancelled at a boundary', () => {
  test.each(groups.cancelled)(title, async (boundary) => {
    const outcome = await outcomeOf(world, world.client.get(boundary.run));
    expect(allowed(boundary)).toContainEqual(outcome);
  });
});

describe('a run is cancelled while no worker is up', () => {
  test.each(groups.alone)(title, async (boundary) => {
    const outcome = await outcomeOf(world, world.client.get(boundary.run));
    expect(allowed(boundary)).toContainEqual(outcome);
  });
});

describe('a run is retrained at once', () => {
  test.each(groups.stopped)(title, async (boundary) => {
    const first = allowed(boundary).map(({ jobs, paid, files }) => ({ jobs, paid, files }));
    expect(first).toContainEqual(await spentBy(world, keyOf(boundary.run, 1)));
    expect(await secondOf(boundary.run)).toEqual(retrainedOf(undisturbed));
  });
});

describe('a run is retrained when it has its result', () => {
  test.each(groups.kept)(title, async ({ run }) => {
    expect(await spentBy(world, keyOf(run, 1))).toEqual({ jobs: 1, paid: 1, files: 2 });
    expect(await secondOf(run)).toEqual(retrainedOf(undisturbed));
  });
});

/** The second attempt, whose report differs in what it says of its attempt alone. */
async function secondOf(run: string): Promise<Outcome> {
  return retrainedOf(await outcomeOf(world, world.client.get(run), keyOf(run, 2)));
}

function retrainedOf(outcome: Outcome): Outcome {
  return { ...outcome, report: { ...(outcome.report as object), run: undefined } };
}

test('of two retrainings at once one is refused, wherever the run is', () => {
  const message = 'A retraining of this run was asked for already.';
  expect(refusals).toEqual(refusals.map(() => [expect.objectContaining({ code: 'refused', message })]));
});

describe('a run is terminated, and reconcile removes what it leaves', () => {
  test.each(groups.terminated)(title, async (boundary) => {
    const { run, activity, when } = boundary;
    const outcomes = applied.findings.filter((finding) => finding.run === run && finding.verdict === 'leftover');
    const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
    // A job that waits for its turn is stopped; one that has ended is kept with its model.
    const stopped = waitsItsTurn(boundary) && !(activity === 'createJob 1' && when === 'before');
    const uploaded =
      !beforeCreate.some((one) => one.activity === activity) || (activity === 'uploadFile 1' && when !== 'before');
    expect(kinds.filter((kind) => kind === 'job')).toEqual(stopped ? ['job'] : []);
    if (uploaded) expect(kinds).toContain('file');
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ state: 'terminated', outcome: 'removed' })));
    expect((await spentBy(world, keyOf(run, 1))).files).toBe(0);
  });
});

test('reconcile touches nothing that another run owns, and finds nothing more', async () => {
  const terminated = groups.terminated.map(({ run }) => run);
  const leftover = applied.findings.filter(({ verdict }) => verdict === 'leftover').map(({ run }) => run);
  expect(leftover.filter((run) => !terminated.includes(run ?? ''))).toEqual([]);
  expect(applied.code).toBe(0);
  const { findings, code } = await reconcile(world, { apply: false });
  expect(code).toBe(0);
  expect(findings.filter(({ verdict }) => verdict !== 'owned' && verdict !== 'kept')).toEqual([]);
  expect(await spentBy(world, runKey((await living.progress()).runId, 1))).toEqual({ jobs: 1, paid: 0, files: 2 });
  const { job, status } = await living.progress();
  expect(status).toBe('running');
  expect((await world.platform.getJob(job?.id ?? '')).state).toBe('waiting');
});
