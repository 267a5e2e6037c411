import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { config, outcomeOf, until } from './support/outcome.ts';
import { onPostgres, openWorld, type Part, parts, type World } from './support/world.ts';

// Two runs at once, one whose job trains and one whose models are asked, when the servers are killed and started again.

/** Asked one by one, so that an evaluation takes long enough to be met. */
const unhurried: RunConfigInput = { ...config, evaluation: { concurrency: 1, reuseAnswers: false } };
const hourMs = 3_600_000;

let world: World;
let undisturbed: Awaited<ReturnType<typeof outcomeOf>>;

beforeAll(async () => {
  world = await openWorld({ durable: true });
  undisturbed = await outcomeOf(world, await world.client.start(unhurried, { name: 'undisturbed' }));
});
afterAll(async () => await world.close());

/** A run that has got answers to some of its held-out questions, and is waiting for the others. */
async function evaluating(name: string): Promise<RunHandle> {
  await world.set({ trainingSeconds: 0 });
  await world.addFault({ kind: 'delay', ms: 1_000, path: '/v1/chat/completions', times: -1 });
  const run = await world.client.start(unhurried, { name });
  await until(
    async () => (await run.progress()).stage,
    (stage) => stage === 'evaluate',
  );
  return run;
}

async function training(name: string): Promise<RunHandle> {
  await world.set({ trainingSeconds: hourMs / 1_000 });
  const run = await world.client.start(unhurried, { name });
  await until(
    async () => (await run.progress()).live?.platformStatus,
    (status) => status === 'running',
  );
  return run;
}

/** Questions answered until now. */
async function answered(): Promise<number> {
  return Object.values((await world.ledger()).chat).reduce((sum, { requests }) => sum + requests, 0);
}

test('undisturbed, a run pays one job and leaves its two files', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

describe.each<[string, readonly Part[]]>([
  ...(onPostgres ? [['PostgreSQL is killed', ['postgres']] as [string, readonly Part[]]] : []),
  ['Temporal is killed', ['temporal']],
  ['the platform is killed', ['simulator']],
  ['worker, platform and Temporal are killed', parts],
])('%s and started again', (what, killed) => {
  const name = what.replaceAll(/\W+/g, '-').toLowerCase();
  let runs: { trains: RunHandle; evaluates: RunHandle };

  beforeAll(async () => {
    const evaluates = await evaluating(`${name}-evaluates`);
    const trains = await training(`${name}-trains`);
    const before = await answered();
    await until(answered, (now) => now >= before + 2);
    expect((await evaluates.progress()).stage).toBe('evaluate');
    expect((await trains.progress()).stage).toBe('train');
    await world.kill(killed);
    await world.start(killed);
    await world.clearFaults();
    await world.advanceClock(hourMs);
    runs = { trains, evaluates };
  });

  test.each(['trains', 'evaluates'] as const)('while a run %s', async (run) => {
    expect(await outcomeOf(world, runs[run])).toEqual(undisturbed);
  });
});
