import { TunewrightError } from '../../../src/contract/errors.ts';
import { type Random, seededRandom } from '../../../src/datasets/random.ts';
import type { FaultEffect, FaultRule } from '../../../src/simulator/index.ts';
import { config, reachable } from './outcome.ts';
import type { TcpProxy } from './proxy.ts';
import { type Part, parts, type Ways, type World } from './world.ts';

export type Command = 'cancel' | 'pause' | 'resume' | 'retrain-stop' | 'retrain-keep';

/** One thing that is done to a world or to a run of it; milliseconds from the beginning. */
export type Step = { atMs: number } & (
  | { do: 'start'; run: string }
  | { do: 'command'; run: string; command: Command }
  | { do: 'kill'; parts: readonly Part[]; downMs: number }
  | { do: 'partition'; way: keyof Ways; lastsMs: number }
  | { do: 'fault'; rule: FaultRule }
  | { do: 'lag'; listLagMs: number }
);

/** Between two disturbances. */
const calmMs = { least: 600, most: 1_800 };

const struck: FaultRule['path'][] = [
  '/v1/files',
  '/v1/fine_tuning/jobs',
  '/v1/fine_tuning/jobs/*',
  '/v1/fine_tuning/jobs/*/*',
  '/v1/chat/completions',
  '/v1/**',
];

/** All that passes again; what ends a run is tried by tests of its own. */
const effects: FaultEffect[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, rawBody: '<html><body>Back soon</body></html>', contentType: 'text/html' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'drop-before' },
  { kind: 'drop-after' },
  { kind: 'delay', ms: 1_500, when: 'before' },
  { kind: 'delay', ms: 1_500, when: 'after' },
  { kind: 'truncate' },
];

/**
 * What is done in a soak, in the order of time. The seed settles all of it, but not how the processes of a machine come
 * to interleave with it: a repeat meets the same faults at the same times, and nearly, not always, the same moments.
 */
export function schedule(seed: number, runs: number, forMs: number): Step[] {
  const random = seededRandom(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const steps: Step[] = [];
  for (let run = 1; run <= runs; run++) steps.push(...lifeOf(`soak-${run}`, random() * forMs * 0.8, random, one));
  for (let atMs = calmMs.least; atMs < forMs; atMs += between(random, calmMs.least, calmMs.most)) {
    steps.push({ atMs, ...disturbance(random, one) } as Step);
  }
  for (const step of steps) step.atMs = Math.round(step.atMs);
  return steps.toSorted((a, b) => a.atMs - b.atMs);
}

type Pick = <T>(of: readonly T[]) => T;

function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}

/** Half of the runs are left alone by people: their reports must be those of an undisturbed one. */
function lifeOf(run: string, startMs: number, random: Random, one: Pick): Step[] {
  const start: Step = { atMs: startMs, do: 'start', run };
  if (random() < 0.5) return [start];
  const command = one<Command>(['cancel', 'pause', 'retrain-stop', 'retrain-keep']);
  const atMs = startMs + between(random, 100, 8_000);
  const resume: Step[] = command === 'pause' ? [{ atMs: atMs + 2_000, do: 'command', run, command: 'resume' }] : [];
  return [start, { atMs, do: 'command', run, command }, ...resume];
}

function disturbance(random: Random, one: Pick) {
  const kind = random();
  if (kind < 0.25) {
    const which = one<readonly Part[]>([['worker'], ['worker'], ['simulator'], ['temporal'], parts]);
    return { do: 'kill', parts: which, downMs: Math.round(between(random, 0, 1_500)) };
  }
  if (kind < 0.35) {
    return {
      do: 'partition',
      way: one(['temporal', 'platform'] as const),
      lastsMs: Math.round(between(random, 500, 3_000)),
    };
  }
  if (kind < 0.4) return { do: 'fault', rule: { kind: 'duplicate', method: 'POST', path: '/v1/files' } };
  if (kind < 0.9) {
    const times = 1 + Math.floor(random() * 3);
    return { do: 'fault', rule: { ...one(effects), path: one(struck), times } };
  }
  return { do: 'lag', listLagMs: one([0, 300, 700]) };
}

/** Does all of it, then ends the faults. Answers what was done when, a line each. */
export async function disturb(
  world: World,
  ways: Record<keyof Ways, TcpProxy>,
  steps: readonly Step[],
  log: string[],
): Promise<void> {
  const began = Date.now();
  const talks: Promise<void>[] = [];
  for (const step of steps) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + step.atMs - Date.now())));
    const { atMs, ...rest } = step;
    const note = (outcome = '') =>
      log.push(`${Date.now() - began} ms (planned ${atMs}): ${JSON.stringify(rest)}${outcome}`);
    note();
    if (step.do === 'kill') {
      await world.kill(step.parts);
      await new Promise((resolve) => setTimeout(resolve, step.downMs));
      await world.start(step.parts);
    } else if (step.do === 'partition') {
      ways[step.way].blackhole();
      await new Promise((resolve) => setTimeout(resolve, step.lastsMs));
      ways[step.way].heal();
    } else if (step.do === 'start') {
      // What a person asks does not hold up the faults that come meanwhile.
      talks.push(begin(world, step.run));
    } else if (step.do === 'command') {
      talks.push(tell(world, step.run, step.command).then((answer) => void note(` → ${answer}`)));
    } else if (step.do === 'fault') {
      await world.addFault(step.rule);
    } else {
      await world.set({ listLagMs: step.listLagMs });
    }
  }
  await world.clearFaults();
  await world.set({ listLagMs: 0 });
  await Promise.all(talks);
}

/** Started, also when the answer of the server that was killed did not arrive. */
async function begin({ client }: World, name: string): Promise<void> {
  await reachable(async () => {
    try {
      await client.start({ ...config, evaluation: { concurrency: 2, reuseAnswers: false } }, { name });
    } catch (error) {
      if (!(error instanceof TunewrightError && error.code === 'run_exists')) throw error;
    }
  });
}

/** Once: what becomes of a command whose answer was lost is seen at the end. */
async function tell({ client }: World, name: string, command: Command): Promise<string> {
  const run = client.get(name);
  try {
    if (command === 'cancel') await reachable(async () => await run.cancel('A person does not want it.'));
    else if (command === 'pause') return await run.pause();
    else if (command === 'resume') return await run.resume();
    else await run.retrain({ changes: { seed: 7 }, currentJob: command === 'retrain-stop' ? 'stop' : 'keep' });
    return 'accepted';
  } catch (error) {
    if (error instanceof TunewrightError) return error.code;
    throw error;
  }
}
