import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { searchAttributes } from '../src/contract/search-attributes.ts';
import type { Figure } from './support/figure.ts';
import { leftovers, paidOnce } from './support/leftovers.ts';
import { say } from './support/output.ts';
import { sampleRun, writeParts } from './support/sample.ts';
import { runScript } from './support/script.ts';
import type { SimulatorProcess } from './support/simulator-process.ts';
import type { Sizes } from './support/sizes.ts';
import { cpuSeconds, ownCpuSeconds } from './support/usage.ts';
import { startWatchedWorker, type WatchedWorker } from './support/watched-worker.ts';
import { openWorldApart, type World } from './support/world.ts';

type ApartWorld = World<SimulatorProcess>;

/** What is in flight at once when each run is begun as soon as Temporal takes it. */
const startedAtOnce = 25;
const pollSeconds = 0.5;
const killEveryMs = 10_000;
const reachPerSecond = 5;
const reachGrowth = 1.1;
const limitMs = (pipelines: number) => 120_000 + pipelines * 1_000;
const lookEveryMs = 500;
const mebibyte = 1024 * 1024;
/** The least that a run takes: the smallest training file that a platform accepts, and one question for each model. */
const smallest = { train: 10, validation: 1, test: 1 };

interface Measured {
  perSecond: number;
  /** Processor seconds of each process. */
  cpu: Record<string, number>;
  worker: WatchedWorker;
  jobs: string;
  clean: boolean;
}

/** Many runs through one worker: beside the same calls of a plain script, and with the worker killed again and again. */
export async function throughput({ pipelines }: Sizes): Promise<Figure[]> {
  const script = await inWorld((world) => scriptPerSecond(world, pipelines));
  const steady = await inWorld((world) => through(world, pipelines, Number.POSITIVE_INFINITY));
  const killed = await inWorld((world) => through(world, pipelines, killEveryMs));
  // In the first third the cache of runs fills.
  const [middle, last] = [steady.worker.memory(1 / 3, 2 / 3), steady.worker.memory(2 / 3, 1)];
  const half = steady.perSecond / 2;
  return [
    {
      what: `pipelines a second, ${pipelines} through one worker`,
      measured: steady.perSecond.toFixed(1),
      reach: { bound: `>= ${reachPerSecond}`, kept: steady.perSecond >= reachPerSecond },
      baseline: `${script.perSecond.toFixed(1)} in a plain script`,
    },
    {
      what: 'processor seconds a pipeline',
      measured: shares(steady.cpu, pipelines),
      baseline: shares(script.cpu, pipelines),
    },
    {
      what: 'memory of that worker, mean of the last third',
      measured: `${Math.round(last / mebibyte)} MiB`,
      reach: { bound: `<= ${reachGrowth} times the middle third`, kept: last <= reachGrowth * middle },
      baseline: `${Math.round(middle / mebibyte)} MiB in the middle third`,
    },
    {
      what: `pipelines a second, the worker killed every ${killEveryMs / 1000} s`,
      measured: `${killed.perSecond.toFixed(1)}, ${killed.worker.kills} kills`,
      reach: { bound: `>= ${half.toFixed(1)}, half of that`, kept: killed.perSecond >= half },
      baseline: `${steady.perSecond.toFixed(1)} undisturbed`,
    },
    { what: 'processor seconds a pipeline then', measured: shares(killed.cpu, pipelines) },
    {
      what: 'jobs created, jobs paid, leftovers then',
      measured: killed.jobs,
      reach: { bound: 'one job, paid once, for each run; none', kept: killed.clean },
      baseline: `${steady.jobs} undisturbed`,
    },
  ];
}

async function inWorld<T>(measure: (world: ApartWorld) => Promise<T>): Promise<T> {
  const world = await openWorldApart();
  try {
    await world.simulator.set({ trainingSeconds: 0, maxRunningJobs: 1_000_000 });
    await writeParts(`${world.folder}/smallest`, smallest);
    return await measure(world);
  } finally {
    await world.close();
  }
}

async function scriptPerSecond({ folder, simulator }: ApartWorld, pipelines: number) {
  say(`${pipelines} times the same calls in a plain script`);
  const {
    begun,
    ended,
    cpuSeconds: script,
  } = await runScript(
    [simulator.url, `${folder}/smallest`, String(pollSeconds), String(pipelines)],
    limitMs(pipelines),
  );
  const cpu = { script, platform: await cpuSeconds(simulator.pid) };
  return { perSecond: (pipelines * 1000) / (ended - begun), cpu };
}

async function through(world: ApartWorld, pipelines: number, killEvery: number): Promise<Measured> {
  const worker = await startWatchedWorker(world, killEvery);
  say(`${pipelines} pipelines${Number.isFinite(killEvery) ? `, the worker killed every ${killEvery / 1000} s` : ''}`);
  const before = await usage(world, worker);
  const begun = Date.now();
  const ended = await Promise.race([allThrough(world, pipelines), worker.failed]);
  await worker.leaveAlone();
  const after = await usage(world, worker);
  const cpu = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
  const { jobs, trainings, once } = paidOnce(await world.simulator.ledger(), pipelines);
  const left = await leftovers(world);
  return {
    perSecond: (pipelines * 1000) / (ended - begun),
    cpu,
    worker,
    jobs: `${jobs}, ${trainings}, ${left}`,
    clean: once && left === 0,
  };
}

/** Starts them and answers when the last one has succeeded, in milliseconds since 1970. */
async function allThrough({ address, client }: ApartWorld, pipelines: number): Promise<number> {
  const data = { train: 'smallest/train.jsonl', validation: 'smallest/validation.jsonl', test: 'smallest/test.jsonl' };
  const config = { ...sampleRun(pollSeconds), data };
  const begun = Date.now();
  let next = 0;
  const start = async () => {
    while (next < pipelines) await client.start(config, { name: `through-${next++}` });
  };
  await Promise.all(Array.from({ length: startedAtOnce }, start));
  say(`all are begun after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection });
    for (;;) {
      const { count } = await workflow.count(`${searchAttributes.status.name} = "succeeded"`);
      if (count >= pipelines) return Date.now();
      if (Date.now() - begun > limitMs(pipelines))
        throw new Error(`Only ${count} of ${pipelines} runs succeeded in time.`);
      await setTimeout(lookEveryMs);
    }
  } finally {
    await connection.close();
  }
}

async function usage({ pid, simulator }: ApartWorld, worker: WatchedWorker): Promise<Record<string, number>> {
  return {
    worker: await worker.cpuSeconds(),
    Temporal: await cpuSeconds(pid),
    platform: await cpuSeconds(simulator.pid),
    starter: ownCpuSeconds(),
  };
}

function shares(cpu: Readonly<Record<string, number>>, pipelines: number): string {
  return Object.entries(cpu)
    .map(([name, value]) => `${name} ${(value / pipelines).toFixed(3)}`)
    .join(', ');
}
