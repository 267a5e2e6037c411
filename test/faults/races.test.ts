import type { RunHandle } from '../../src/client.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import { runKey } from '../../src/contract/run-key.ts';
import { reconcile } from './support/command.ts';
import { config, type Outcome, outcomeOf, spentBy, until } from './support/outcome.ts';
import { openWorld, type World } from './support/world.ts';

// What people ask of a job meets what the job does by itself, or does not do.

const hourMs = 3_600_000;
const jobs = '/v1/fine_tuning/jobs/*';
const mine = (name: string) => ({ 'x-run': name });

let world: World;
let undisturbed: Outcome;
beforeAll(async () => {
  world = await openWorld();
  undisturbed = await outcomeOf(world, await world.client.start(config, { name: 'undisturbed' }));
});
afterAll(async () => await world.close());

let hoursAhead = 0;
async function anHourPasses(): Promise<void> {
  hoursAhead += 1;
  await world.advanceClock(hourMs);
}
// What the next one makes is as old as it is.
afterEach(async () => {
  await world.advanceClock(-hoursAhead * hourMs);
  hoursAhead = 0;
});

/** A run whose job trains for an hour of the platform's clock. */
async function training(name: string): Promise<{ run: RunHandle; jobId: string; key: string }> {
  await world.set({ trainingSeconds: hourMs / 1_000 });
  const run = await world.client.start(config, { name });
  const { job, runId } = await until(
    async () => await run.progress(),
    ({ live }) => live?.platformStatus === 'running',
  );
  return { run, jobId: job?.id ?? '', key: runKey(runId, 1) };
}

async function struck(name: string): Promise<number> {
  return (await world.faults()).find(({ id }) => id === name)?.struck ?? 0;
}

/** The answer of a pause, or why it was refused: either may be right. */
async function settled(answer: Promise<string>): Promise<string> {
  return await answer.catch((error: unknown) => {
    if (error instanceof TunewrightError) return error.code;
    throw error;
  });
}

async function untilPaused(jobId: string, paused: boolean): Promise<void> {
  await until(
    async () => (await world.platform.getJob(jobId)).state === 'paused',
    (now) => now === paused,
  );
}

/** Asks for a pause, which reaches the job so late that it has ended by itself; the answer of the pause. */
async function pausedAtItsEnd(run: RunHandle, name: string, ms: number): Promise<string> {
  await world.addFault({ kind: 'delay', ms, path: `${jobs}/pause`, withHeaders: mine(name), id: name });
  const answer = settled(run.pause());
  await until(
    async () => await struck(name),
    (times) => times === 1,
  );
  await anHourPasses();
  return await answer;
}

test('undisturbed, a run pays one job and leaves its two files', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

describe('a pause meets the end of the job', () => {
  test('which comes first: the pause is refused or holds the next stage up, and no more', async () => {
    const name = 'paused-late';
    const { run, jobId } = await training(name);
    await pausedAtItsEnd(run, name, 2_500);
    if ((await run.progress()).status === 'paused') await run.resume();
    await untilPaused(jobId, false);
    await anHourPasses();
    expect(await outcomeOf(world, run)).toEqual(undisturbed);
  });

  test('and a cancellation comes while the answer is waited for: the result is there, and stays', async () => {
    const name = 'cancelled-late';
    const { run } = await training(name);
    const answer = pausedAtItsEnd(run, name, 7_000);
    await until(
      async () => (await run.progress()).status,
      (status) => status === 'succeeded',
    );
    await run.cancel('No longer wanted.');
    await answer;
    expect(await outcomeOf(world, run)).toEqual(undisturbed);
  });
});

describe('a job is paused', () => {
  test('and the answer is lost', async () => {
    const name = 'pause-lost';
    const { run, jobId } = await training(name);
    await world.addFault({ kind: 'drop-after', path: `${jobs}/pause`, withHeaders: mine(name), id: name });
    await run.pause();
    expect(await struck(name)).toBe(1);
    expect((await world.platform.getJob(jobId)).state).toBe('paused');
    await run.resume();
    await untilPaused(jobId, false);
    await anHourPasses();
    expect(await outcomeOf(world, run)).toEqual(undisturbed);
  });

  test("on the platform's own page, so that the run knows of no pause: it can be resumed", async () => {
    const { run, jobId } = await training('paused-elsewhere');
    await world.platform.pauseJob(jobId);
    await run.resume();
    await untilPaused(jobId, false);
    await anHourPasses();
    expect(await outcomeOf(world, run)).toEqual(undisturbed);
  });
});

describe('a retraining meets a job', () => {
  test('that is slow to stop: it begins when that has ended', async () => {
    const name = 'slow-to-stop';
    const { run, key, jobId } = await training(name);
    const fault = { kind: 'status', status: 400, times: 6, path: `${jobs}/cancel`, withHeaders: mine(name) } as const;
    await world.addFault({ ...fault, id: name });
    await run.retrain({});
    await world.set({ trainingSeconds: 0 });
    await until(
      async () => await struck(name),
      (times) => times >= 3,
    );
    const second = key.replace(/1$/, '2');
    expect((await world.platform.getJob(jobId)).state).toBe('running');
    expect(await spentBy(world, second)).toEqual({ jobs: 0, paid: 0, files: 0 });
    expect(await outcomeOf(world, run, second)).toMatchObject({ jobs: 1, paid: 1, files: 2 });
    expect(await spentBy(world, key)).toEqual({ jobs: 1, paid: 0, files: 0 });
  });

  test('that cannot be stopped: it does not begin, and the job is left over for reconcile', async () => {
    const name = 'not-stopped';
    const { run, key, jobId } = await training(name);
    const fault = { kind: 'status', status: 404, times: -1, path: `${jobs}/cancel`, withHeaders: mine(name) } as const;
    await world.addFault(fault);
    // So that an attempt that begins all the same ends, and is seen.
    await world.set({ trainingSeconds: 0 });
    await run.retrain({});
    expect(await outcomeOf(world, run)).toEqual({ jobs: 1, paid: 0, files: 0, error: 'run_cancelled' });
    expect((await run.progress()).status).toBe('failed');
    expect(await spentBy(world, key.replace(/1$/, '2'))).toEqual({ jobs: 0, paid: 0, files: 0 });
    const { findings, code } = await reconcile(world, { apply: true });
    const leftover = findings.filter(({ verdict }) => verdict === 'leftover');
    expect(leftover).toMatchObject([{ kind: 'job', id: jobId, run: name, outcome: 'removed' }]);
    expect(code).toBe(0);
    expect((await world.platform.getJob(jobId)).state).toBe('cancelled');
  });
});
