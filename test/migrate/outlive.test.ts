import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { type Account, fillAccount, samples } from '../../examples/outlive/account.ts';
import { day } from '../../examples/outlive/platform.ts';
import { runScript } from '../../examples/outlive/process.ts';
import { adopt, daysLeft, migrate, outlive, type Stage } from '../../examples/outlive/story.ts';
import { loadSettings } from '../../src/config.ts';
import { type Gateway, startGateway } from '../../src/gateway/index.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { type Killing, killing } from '../faults/support/killing.ts';
import { until } from '../faults/support/outcome.ts';
import { openWorld, type World } from '../faults/support/world.ts';

// The story of `examples/outlive`, with a worker that is killed again and again and a platform that has no room.

const main = new URL('../../src/cli/main.ts', import.meta.url);
const programPath = new URL('../../examples/outlive/program.ts', import.meta.url);
/** Of the 448 questions that it is to be asked. */
const answersBeforeDeath = 380;
/** Points: what is learnt from fewer answers may lose some. */
const margin = 20;

let folder: string;
let second: Simulator;
let world: World;
let gateway: Gateway;
let account: Account;
let stage: Stage;
let kills: Killing;

let adopted: Awaited<ReturnType<typeof adopt>>;
let migrated: Awaited<ReturnType<typeof migrate>>;
let outlived: Awaited<ReturnType<typeof outlive>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-second-'));
  second = await startSimulator({ dataDir: folder, trainingSeconds: 1 });
  world = await openWorld({}, {}, { second: standInConnection(second.url) });
  const env = { ...world.env, NO_COLOR: '1' };
  gateway = await startGateway({ ...loadSettings(env, world.folder), logLevel: 'silent' });
  account = await fillAccount(world.simulatorUrl);
  stage = {
    folder: world.folder,
    closing: world.simulatorUrl,
    gateway: `${gateway.url}/openai/v1`,
    client: world.client,
    say: () => undefined,
    tunewright: async (...args) => await runScript(main, args, { env, cwd: world.folder }),
    async program(baseURL, model) {
      const own = { PATH: process.env.PATH, OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: 'any' };
      return await runScript(programPath, [model, 'Where is my parcel?'], { env: own });
    },
  };
  kills = await killing(world, second);
});
beforeAll(async () => {
  adopted = await kills.during([20, 150, 350], async () => await adopt(stage));
});
beforeAll(async () => {
  const create = { method: 'POST', path: '/v1/fine_tuning/jobs' };
  second.faults.add({ preset: 'server_is_overloaded', ...create, times: 3 });
  second.faults.add({ preset: 'rate_limited', ...create, times: 2 });
  second.faults.add({ kind: 'drop-after', ...create });
  // Slow enough to die before it has answered all.
  await world.addFault({ kind: 'delay', ms: 300, path: '/v1/chat/completions', model: account.orders, times: -1 });
  const dead = diesAfter(account.orders, answersBeforeDeath);
  migrated = await kills.during([15, 60, 300, 900], async () => await migrate(stage, margin));
  await dead;
});
beforeAll(async () => {
  outlived = await outlive(stage, account);
});
afterAll(async () => {
  await gateway?.close();
  await world?.close();
  await second?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The platform loses the model once it has answered so many more questions. */
async function diesAfter(model: string, answers: number): Promise<void> {
  const given = async () => (await world.ledger()).chat[model]?.requests ?? 0;
  const enough = (await given()) + answers;
  await until(given, (now) => now >= enough);
  await new OpenAI({ apiKey: 'somebody', baseURL: world.simulatorUrl }).models.delete(model);
}

test('what the account holds is adopted, and a monitor hears of what dies', () => {
  expect(adopted.adopted).toMatchObject({ code: 0, stderr: '' });
  expect(adopted.adopted.stdout).toContain('5 registered, 0 with a fuller kit, 0 unchanged; 4 asked');
  expect(adopted.adopted.stdout).toMatch(/Its training file file-\w+ is gone\./);
  expect(adopted.expiring.code).toBe(3);
  for (const [model, version] of [
    ['orders', 1],
    ['support-desk', 1],
    ['triage', 1],
    ['two-steps', 2],
  ]) {
    expect(adopted.expiring.stdout).toMatch(
      new RegExp(`^${model} +${version} +champion .* ${day(daysLeft)} +${daysLeft} `, 'm'),
    );
  }
});

test('what stands in the way of one is told before anything is paid, and keeps none of the others', () => {
  expect(migrated.all.code).toBe(1);
  expect(migrated.all.stdout).toContain('in the way: Its training data are gone.');
  expect(migrated.all.stdout).toContain('[data_gone]');
  // The note of the one in two steps, which nothing keeps from beginning.
  expect(migrated.all.stdout).toMatch(
    /note: The old model was tuned further from ft:[\w:-]+: what that one had learnt/,
  );
  expect(migrated.orders.code).toBe(0);
});

test('a successor that is no worse is in service; one that is worse is not, and the reason is told', async () => {
  const promoted = migrated.results.map(({ registered }) => [registered?.name, registered?.promoted]);
  expect(Object.fromEntries(promoted)).toEqual({
    orders: true,
    'support-desk': true,
    triage: true,
    'two-steps': false,
  });
  expect(migrated.shown['two-steps']?.stdout).toMatch(
    /gate: {4}keep.*champion: -\d+\.\d points against the champion, 95% interval .* its lower end has to be above -20\.0 points\./s,
  );
  for (const { report, verdict } of migrated.results) {
    expect(JSON.parse(await world.store.readText(report))).toMatchObject({ verdict: { decision: verdict.decision } });
  }
});

test('of a model that died while it taught its successor, what it had answered is learnt', async () => {
  const { training, validation } = await samples();
  const { stdout = '' } = migrated.shown.orders ?? {};
  const [, learnt] = /(\d+) training/.exec(stdout) ?? [];
  // Some were asked twice, as the worker was killed.
  expect(Number(learnt)).toBeGreaterThan(answersBeforeDeath / 2);
  expect(Number(learnt)).toBeLessThan(training.length);
  // Those that were kept judge it, not what it was taught.
  expect(stdout).toContain(`${validation.length} held-out examples`);
});

test('a worker that was killed again and again, and a platform without room, have cost no second job', () => {
  expect(kills.count).toBeGreaterThanOrEqual(6);
  expect(second.faults.list().filter(({ struck }) => struck === 0)).toEqual([]);
  expect(second.ledger().totals).toMatchObject({ jobs: 4, trainings: 4 });
  expect(new Set(migrated.results.map(({ job }) => job.id)).size).toBe(4);
});

test('when its platform has shut the model, the unchanged program has answers of the successor', () => {
  expect(outlived.dead).toMatchObject({ code: 1, stderr: expect.stringContaining('[model_not_found]') });
  for (const answer of [outlived.byId, outlived.byName])
    expect(answer).toMatchObject({ code: 0, stdout: 'track_order\n' });
});

test('a rollback to what is dead is refused, with the reason', () => {
  expect(outlived.back).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Version 1 of "support-desk" is no longer known to its platform, "simulator".'),
  });
});
