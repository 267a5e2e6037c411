import { setTimeout } from 'node:timers/promises';
import { parseRunKey, runKey } from '../../src/contract/run-key.ts';
import { reconcile } from './support/command.ts';
import { config, outcomeOf, reachable } from './support/outcome.ts';
import { openProxy } from './support/proxy.ts';
import { disturb, schedule } from './support/soak.ts';
import { openWorld, type World } from './support/world.ts';

// Random faults of all kinds for a time, then none: everything comes to its right end. A failure prints the seed that
// repeats it, and what was done when.

const seconds = Number(process.env.TUNEWRIGHT_SOAK_SECONDS ?? 15);
const seed = Number(process.env.TUNEWRIGHT_SOAK_SEED ?? 4);
const runs = Math.max(8, Math.round(seconds / 2));
/** Once the faults are over: a heartbeat that is missed and retries whose intervals have grown, several times. */
const settlingMs = 600_000;

const ways = { temporal: await openProxy(), platform: await openProxy() };
let world: World;
beforeAll(async () => {
  world = await openWorld({ durable: true, timeoutSeconds: 1 }, ways);
});
afterAll(async () => {
  await world.close();
  await Promise.all(Object.values(ways).map(async (way) => await way.close()));
});

test(
  `after ${seconds} s of faults everything comes to its right end`,
  async () => {
    const log: string[] = [];
    try {
      await soak(log);
    } catch (error) {
      const repeat = `TUNEWRIGHT_SOAK_SEED=${seed} TUNEWRIGHT_SOAK_SECONDS=${seconds}`;
      throw new Error(`${repeat} repeats this, as far as real time can be repeated:\n${log.join('\n')}`, {
        cause: error,
      });
    }
  },
  seconds * 2_000 + settlingMs + 60_000,
);

async function soak(log: string[]): Promise<void> {
  const unhurried = { ...config, evaluation: { concurrency: 2, reuseAnswers: false } };
  const undisturbed = await outcomeOf(world, await world.client.start(unhurried, { name: 'undisturbed' }));
  await world.set({ trainingSeconds: 2 });
  // A worker that cannot reach Temporal when it starts gives up.
  world.supervise();
  const steps = schedule(seed, runs, seconds * 1_000);
  await disturb(world, ways, steps, log);

  const names = await everyRun();
  await Promise.all(names.map(attended));

  const commands = steps.filter((step) => step.do === 'command');
  for (const name of names.filter((one) => one !== 'undisturbed')) {
    const run = world.client.get(name);
    const { attempt, runId } = await run.progress();
    const given = commands.filter((step) => step.run === name).map(({ command }) => command);
    const changed = { jobs: 1, paid: 1, files: 2, report: expect.anything(), answers: expect.anything() };
    const right = attempt === 1 ? [undisturbed] : [changed];
    const outcome = await outcomeOf(world, run, attempt === 1 ? runKey(runId, 1) : await lastKey(name, attempt));
    const cancelled = given.includes('cancel') && outcome.error === 'run_cancelled';
    if (cancelled) expect([name, outcome.files]).toEqual([name, 0]);
    else expect([name, outcome]).toEqual([name, ...right]);
  }
  const { entries } = await world.ledger();
  const keys = entries.filter(({ kind }) => kind === 'job').map(({ metadata }) => keyIn(metadata));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  const { code, findings } = await reconcile(world, { apply: false });
  expect({ code, left: findings.filter(({ verdict }) => verdict === 'leftover') }).toEqual({ code: 0, left: [] });
}

/** Linked ones among them, that a retraining of a finished run has started. */
async function everyRun(): Promise<string[]> {
  const names = new Set(Array.from({ length: runs }, (_, i) => `soak-${i + 1}`));
  for await (const { name } of world.client.list({ limit: 10_000 })) names.add(name);
  return [...names];
}

/** Until it has ended; a person resumes what is paused. */
async function attended(name: string): Promise<void> {
  const limit = Date.now() + settlingMs;
  const run = world.client.get(name);
  for (;;) {
    const now = await reachable(async () => await run.progress());
    if (['succeeded', 'failed', 'cancelled'].includes(now.status)) return;
    if (Date.now() > limit) throw new Error(`${name} does not end: ${JSON.stringify(now)}`);
    const paused = now.status === 'paused' || now.live?.platformStatus === 'paused';
    // It may have gone on, or ended, in the meantime.
    if (paused) await run.resume().catch(() => undefined);
    await setTimeout(500);
  }
}

/** Of a run that was continued: its first execution is named by its first job. */
async function lastKey(name: string, attempt: number): Promise<string> {
  const { entries } = await world.ledger();
  const own = entries.filter(({ kind, metadata }) => kind === 'job' && Object.values(metadata ?? {}).includes(name));
  const last = own.map(({ metadata }) => keyIn(metadata)).find((key) => parseRunKey(key)?.attempt === attempt);
  return last ?? `no job of attempt ${attempt}`;
}

function keyIn(metadata: Record<string, string> | null | undefined): string {
  return Object.values(metadata ?? {}).find((value) => parseRunKey(value)) ?? '';
}
