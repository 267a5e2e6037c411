import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { RunConfigInput } from '../src/contract/config.ts';
import { type Figure, median, seconds } from './support/figure.ts';
import { say } from './support/output.ts';
import { attemptNow, type Recovery, watchRecovery } from './support/recovery-watch.ts';
import { sampleRun } from './support/sample.ts';
import type { SimulatorProcess } from './support/simulator-process.ts';
import type { Sizes } from './support/sizes.ts';
import { openWorldApart, type World } from './support/world.ts';

/** The run whose work is under way when its worker is killed. */
const stages = {
  'upload in parts': { activity: 'uploadFile', connection: 'parts' },
  'a look at the job': { activity: 'waitForJob', connection: 'slow' },
  evaluation: { activity: 'evaluateModel', connection: 'simulator' },
} as const;
type Stage = keyof typeof stages;

const takeovers = ['a second worker is up', 'the worker is started again'] as const;
type Takeover = (typeof takeovers)[number];

const reachMs = 5_000;
/** Of each stage in one kill. */
const runsEach = 3;
const slowly = { 'x-bench': 'slow' };
/** A part of an upload, an answer, and a look at a job take so long at the platform. */
const delayMs = { part: 1_000, answer: 2_000, look: 8_000 };
const connections = {
  parts: { limits: { jobsAtOnce: null, fileBytes: 4_096, partBytes: 2_048 } },
  slow: { headers: slowly },
};
const limitMs = 60_000;

interface Sample extends Recovery {
  stage: Stage;
  takeover: Takeover;
}

/** From the SIGKILL of a worker until another one is at its work, beside when the server had noticed. */
export async function recovery({ rounds }: Sizes): Promise<Figure[]> {
  const samples: Sample[] = [];
  const betweenLooks: { takeover: Takeover; ms: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const takeover of takeovers) {
      say(`round ${round + 1} of ${rounds}: ${takeover}`);
      const killed = await oneKill(takeover);
      samples.push(...killed.samples);
      betweenLooks.push(...killed.betweenLooksMs.map((ms) => ({ takeover, ms })));
    }
  }
  return takeovers.flatMap((takeover) => [
    ...(Object.keys(stages) as Stage[]).map((stage) => figure(samples, stage, takeover)),
    {
      what: `a job that ends between two looks, ${takeover}: until the run goes on`,
      measured: seconds(median(betweenLooks.filter((one) => one.takeover === takeover).map(({ ms }) => ms))),
    },
  ]);
}

function figure(all: readonly Sample[], stage: Stage, takeover: Takeover): Figure {
  const own = all.filter((one) => one.stage === stage && one.takeover === takeover);
  const overMs = median(own.map(({ atWorkMs, noticedMs }) => atWorkMs - noticedMs));
  const [least, most] = [Math.min, Math.max].map((pick) => seconds(pick(...own.map(({ atWorkMs }) => atWorkMs))));
  return {
    what: `${stage}, ${takeover}: at work again after the server noticed, median of ${own.length}`,
    measured: seconds(overMs),
    reach: { bound: `<= ${seconds(reachMs)}`, kept: overMs <= reachMs },
    baseline: `noticed ${seconds(median(own.map(({ noticedMs }) => noticedMs)))} after the kill, at work ${least} to ${most}`,
  };
}

async function oneKill(takeover: Takeover): Promise<{ samples: Sample[]; betweenLooksMs: number[] }> {
  const world = await openWorldApart();
  const connection = await Connection.connect({ address: world.address });
  try {
    const { workflow } = new Client({ connection });
    const first = await world.startWorker('built', { connections });
    const runs = await runsAtWork(world, workflow);
    if (takeover === 'a second worker is up') await world.startWorker('built', { connections });
    const before = await Promise.all(
      runs.map(async ({ name, stage }) => await attemptNow(workflow.getHandle(name), stages[stage].activity)),
    );
    const killedAt = Date.now();
    await first.kill();
    const started = takeover === 'the worker is started again' && world.startWorker('built', { connections });
    // Their jobs end while nobody looks.
    await world.simulator.set({ maxRunningJobs: 100 });
    const watched = runs.map(async ({ name, stage }, i) => ({
      stage,
      takeover,
      ...(await watchRecovery(workflow.getHandle(name), stages[stage].activity, before[i] ?? 0, killedAt, limitMs)),
    }));
    const between = waitingNames().map(async (name) => await goesOnAfterMs(world, name));
    await started;
    return { samples: await Promise.all(watched), betweenLooksMs: await Promise.all(between) };
  } finally {
    await connection.close();
    await world.close();
  }
}

/** Without a validation file there is one upload to look at. */
const waiting: RunConfigInput = {
  ...sampleRun(1),
  data: { train: 'train.jsonl', test: 'test.jsonl' },
  split: { validation: 0 },
};
const waitingNames = () => Array.from({ length: runsEach }, (_, i) => `between-${i}`);

/** Begins the runs and resolves when each is where it is to be killed. */
async function runsAtWork({ client, simulator }: World<SimulatorProcess>, workflow: Client['workflow']) {
  await simulator.addFault({ kind: 'delay', ms: delayMs.part, times: -1, path: '/v1/uploads/*/parts' });
  await simulator.addFault({ kind: 'delay', ms: delayMs.answer, times: -1, path: '/v1/chat/completions' });
  const look = { method: 'GET', path: '/v1/fine_tuning/jobs/*', withHeaders: slowly } as const;
  await simulator.addFault({ kind: 'delay', ms: delayMs.look, times: -1, ...look });
  const begin = async (stage: Stage) => {
    const { connection, activity } = stages[stage];
    const names = Array.from({ length: runsEach }, (_, i) => `${activity}-${i}`);
    const config: RunConfigInput = { ...waiting, connection, evaluation: { concurrency: 1 } };
    await Promise.all(names.map(async (name) => await client.start(config, { name })));
    for (const name of names) await until(async () => (await attemptNow(workflow.getHandle(name), activity)) > 0);
    return names.map((name) => ({ name, stage }));
  };
  const evaluating = await begin('evaluation');
  // From now on jobs wait for their turn.
  await simulator.set({ maxRunningJobs: 0 });
  await Promise.all(waitingNames().map(async (name) => await client.start(waiting, { name })));
  const others = [...(await begin('upload in parts')), ...(await begin('a look at the job'))];
  for (const name of waitingNames()) {
    await until(async () => (await client.get(name).progress()).job?.id !== undefined);
  }
  return [...evaluating, ...others];
}

/** From the end of the job until the run's next stage. */
async function goesOnAfterMs({ client, simulator }: World<SimulatorProcess>, name: string): Promise<number> {
  let next: string | undefined;
  let jobId: string | undefined;
  await until(async () => {
    const { job, timings } = await client.get(name).progress();
    next = timings.find(({ stage }) => stage === 'warmup')?.startedAt;
    jobId = job?.id;
    return next !== undefined;
  });
  const { entries } = await simulator.ledger();
  const ended = entries.find(({ kind, id }) => kind === 'training' && id === jobId)?.atMs ?? Number.NaN;
  return Date.parse(next ?? '') - ended;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + limitMs; !(await holds()); await setTimeout(100)) {
    if (Date.now() > limit) throw new Error(`It did not come so far within ${limitMs / 1000} s.`);
  }
}
