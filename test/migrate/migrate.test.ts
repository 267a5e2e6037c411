import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationRequest } from '../../src/contract/migration.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { type Account, day, filledAccount, trainingLines, validationLines } from '../adopt/account.ts';
import { contraryDataSet, type Pipeline, pipeline } from '../support/pipeline.ts';

// An account of a platform that closes in 30 days, and another platform to which its models are carried.
let at: Pipeline;
let elsewhere: Simulator;
let folder: string;
let account: Account;
let records: Records;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-elsewhere-'));
  elsewhere = await startSimulator({ dataDir: folder });
  at = await pipeline({ models: { 'stand-in-mini': { shutdownDate: day(30) } } }, {}, undefined, [], {
    elsewhere: standInConnection(elsewhere.url),
  });
  account = await filledAccount(at.simulator);
  await (await at.client.adopt({ connection: 'simulator', budgetUsd: 5, dryRun: false, by: 'kim' })).result();
  records = await openRecords(at.settings.records);
});
afterAll(async () => {
  await records.close();
  await at.close();
  await elsewhere.close();
  await rm(folder, { recursive: true, force: true });
});

const gate = { minimumExamples: 5, minimumLifeDays: 0 };

async function planned(changes: Partial<MigrationRequest> = {}) {
  return await at.client.planMigration({
    model: 'support-desk',
    connection: 'elsewhere',
    baseModel: 'stand-in-mini',
    margin: 0.3,
    changes: { pollSeconds: 0.1, gate },
    ...changes,
  });
}

test('the plan tells from where to where, with what, at what cost, and what the sample can show', async () => {
  const plan = await planned();
  expect(plan).toMatchObject({
    from: { version: 2, connection: 'simulator', modelId: account.models.second, shutdownDate: day(30) },
    to: { connection: 'elsewhere', baseModel: 'stand-in-mini' },
    method: 'supervised',
    obstacles: [],
    train: { examples: trainingLines.length },
    heldOut: { examples: validationLines.length, seen: false, recorded: true },
    days: { old: 30 },
  });
  expect(plan.estimateUsd).toBeGreaterThan(0);
  expect(plan.config).toMatchObject({ register: 'support-desk', gate: { margins: { champion: -0.3 } } });
  expect((await planned({ margin: 0.001 })).notes).toContainEqual(
    expect.stringMatching(/for 0\.1 points about \d+ are needed/),
  );
});

test.each<[string, Partial<MigrationRequest>, string]>([
  ['data that are gone', { model: 'orders' }, 'data_gone'],
  ['a base that is no other', { connection: 'simulator' }, 'same'],
  ['a model without prices', { baseModel: 'unheard-of' }, 'unpriced'],
])('%s stand in the way, and no run is planned', async (_, changes, code) => {
  const { obstacles, config } = await planned(changes);
  expect(obstacles.map((obstacle) => obstacle.code)).toContain(code);
  expect(config).toBeUndefined();
});

test('data that are gone can be given', async () => {
  await writeFile(join(at.folder, 'given.jsonl'), trainingLines.map((line) => `${line}\n`).join(''));
  const { obstacles, train } = await planned({ model: 'orders', train: join(at.folder, 'given.jsonl') });
  expect(obstacles).toEqual([]);
  expect(train?.examples).toBe(trainingLines.length);
});

test('a new model that is worse is refused, with the reason; the old one stays in service', async () => {
  await writeFile(join(at.folder, 'contrary.jsonl'), contraryDataSet());
  const { config } = await planned({ train: join(at.folder, 'contrary.jsonl') });
  const result = await (await at.client.start(config ?? never())).result();
  expect(result.verdict).toMatchObject({ decision: 'keep' });
  expect(result.verdict.checks.find(({ rule }) => rule === 'champion')).toMatchObject({ passed: false });
  expect(await records.resolve('support-desk')).toMatchObject({ version: 2, connection: 'simulator' });
});

test('a model is carried over when the old one is no more: its recorded answers stand for it', async () => {
  const before = at.simulator.ledger().chat;
  await account.client.models.delete(account.models.second);
  const { config } = await planned();
  const result = await (await at.client.start(config ?? never())).result();
  expect(result).toMatchObject({
    verdict: { decision: 'promote', says: expect.stringMatching(/(no worse|better) than the champion/) },
    registered: { name: 'support-desk', promoted: true },
  });
  const champion = result.rivals.find(({ role }) => role === 'champion');
  expect(champion?.evaluation).toMatchObject({
    model: account.models.second,
    examples: validationLines.length,
    errors: 0,
  });
  // Nothing was asked there: nothing answers any more.
  expect(at.simulator.ledger().chat).toEqual(before);
  expect(await records.resolve('support-desk')).toMatchObject({ connection: 'elsewhere', modelId: result.model });
});

function never(): never {
  throw new Error('no run was planned');
}
