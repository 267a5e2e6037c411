import { setTimeout } from 'node:timers/promises';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { inParts } from './support/courses.ts';
import { config, type Outcome, outcomeOf, until } from './support/outcome.ts';
import { openProxy } from './support/proxy.ts';
import { beginUnanswered } from './support/unanswered.ts';
import { openWorld, type World } from './support/world.ts';

// The network between a worker and a server goes, and comes back: one partition meets a run of every stage.

const hourMs = 3_600_000;
/** Asked one by one, so that an evaluation takes long enough to be met. */
const unhurried: RunConfigInput = { ...config, evaluation: { concurrency: 1, reuseAnswers: false } };

const through = { temporal: await openProxy(), platform: await openProxy() };
let world: World;
let undisturbed: Outcome;
beforeAll(async () => {
  world = await openWorld({ timeoutSeconds: 5, limits: inParts }, through);
  undisturbed = await outcomeOf(world, await world.client.start(unhurried, { name: 'undisturbed' }));
  for (const partition of partitions) await disturb(partition);
});
afterAll(async () => {
  await world.close();
  await Promise.all(Object.values(through).map(async (way) => await way.close()));
});

test('undisturbed, a run pays one job and leaves its two files', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

const partitions = [
  // Longer than the heartbeat timeout, and longer than a request is waited for.
  { between: 'the worker and Temporal', way: through.temporal, lastsMs: 12_000 },
  { between: 'the worker and the platform', way: through.platform, lastsMs: 6_000 },
];
const stages = ['uploads', 'creates', 'trains', 'evaluates'] as const;
type Stage = (typeof stages)[number];
const nameOf = (between: string, stage: Stage) => `${between} ${stage}`.replaceAll(/\W+/g, '-').toLowerCase();

async function begin(name: string): Promise<RunHandle> {
  return await world.client.start(unhurried, { name });
}

/** One partition that meets a run of every stage. */
async function disturb({ between, way, lastsMs }: (typeof partitions)[number]): Promise<void> {
  await world.set({ trainingSeconds: 0 });
  await world.addFault({ kind: 'delay', ms: 1_000, path: '/v1/chat/completions', times: -1 });
  const evaluates = await begin(nameOf(between, 'evaluates'));
  await until(
    async () => (await evaluates.progress()).stage,
    (stage) => stage === 'evaluate',
  );
  await world.set({ trainingSeconds: hourMs / 1_000 });
  const trains = await begin(nameOf(between, 'trains'));
  await until(
    async () => (await trains.progress()).live?.platformStatus,
    (status) => status === 'running',
  );
  await world.set({ trainingSeconds: 0 });
  const awaited = [
    { name: nameOf(between, 'uploads'), activity: 'uploadFile', request: 'POST /v1/uploads/*/parts' },
    { name: nameOf(between, 'creates'), activity: 'createJob', request: 'POST /v1/fine_tuning/jobs' },
  ];
  await Promise.all(awaited.map(async (one) => await beginUnanswered(world, unhurried, one)));
  expect((await evaluates.progress()).stage).toBe('evaluate');
  expect((await trains.progress()).stage).toBe('train');
  way.blackhole();
  await setTimeout(lastsMs);
  const swallowed = way.heal();
  await world.clearFaults();
  await world.advanceClock(hourMs);
  expect(Math.min(swallowed.there, swallowed.back)).toBeGreaterThan(0);
}

describe.each(partitions)('nothing arrives between $between', ({ between }) => {
  test.each(stages)('while a run %s', async (stage) => {
    expect(await outcomeOf(world, world.client.get(nameOf(between, stage)))).toEqual(undisturbed);
  });
});
