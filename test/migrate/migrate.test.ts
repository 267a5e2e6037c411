import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../src/client/connect.ts';
import type { MigrationRequest } from '../../src/contract/migration.ts';
import type { standInConnection } from '../../src/platforms/registry.ts';
import type { Records } from '../../src/records/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { type Account, day, trainingLines, validationLines } from '../adopt/account.ts';
import { contraryDataSet, type Pipeline } from '../support/pipeline.ts';
import { training, until } from '../support/watching.ts';
import { openCrossing } from './support.ts';

let at: Pipeline;
let elsewhere: Simulator;
let account: Account;
let records: Records;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ at, elsewhere, account, records, close } = await openCrossing(5, {}, withNano));
});
afterAll(async () => await close());

/** A second, cheaper base model, and one that the catalogue alone knows. */
function withNano({ catalogue, ...connection }: ReturnType<typeof standInConnection>) {
  const [mini] = catalogue.models as [(typeof catalogue.models)[number]];
  const nano = { ...mini, id: 'stand-in-nano', prices: { ...mini.prices, training: 1 } };
  const maxi = { ...mini, id: 'stand-in-maxi', aliases: [] };
  return { ...connection, catalogue: { ...catalogue, models: [...catalogue.models, nano, maxi] } };
}

const gate = { minimumExamples: 5, minimumLifeDays: 0 };

function requestFor(changes: Partial<MigrationRequest> = {}): MigrationRequest {
  return {
    model: 'support-desk',
    connection: 'elsewhere',
    baseModel: 'stand-in-mini',
    margin: 0.3,
    changes: { pollSeconds: 0.1, gate },
    ...changes,
  };
}

async function planned(changes: Partial<MigrationRequest> = {}) {
  return await at.client.planMigration(requestFor(changes));
}

test('the plan tells from where to where, with what, at what cost, and what the sample can show', async () => {
  const plan = await planned();
  expect(plan).toMatchObject({
    from: { version: 2, connection: 'simulator', modelId: account.models.second, shutdownDate: day(30) },
    to: { connection: 'elsewhere', baseModel: 'stand-in-mini' },
    method: 'supervised',
    obstacles: [],
    train: { examples: trainingLines.length },
    heldOut: { examples: validationLines.length, seen: 0, recorded: true },
    time: { training: { hours: 24 }, evaluation: { hours: 8 } },
    // Two days for training and evaluation; a week more where a person is asked.
    days: { old: 30, margin: 28 },
  });
  const asked = await planned({ changes: { ...requestFor().changes, gate: { ...gate, approval: 'person' } } });
  expect(asked.days).toEqual({ old: 30, margin: 21 });
  expect(plan.estimateUsd).toBeGreaterThan(0);
  expect(plan.config).toMatchObject({
    register: 'support-desk',
    gate: { margins: { champion: -0.3 } },
    split: { validation: 0 },
  });
  expect((await planned({ margin: 0.001 })).notes).toContainEqual(
    expect.stringMatching(/for 0\.1 points about \d+ are needed/),
  );
});

test.each<[string, Partial<MigrationRequest>, string]>([
  ['data that are gone', { model: 'orders' }, 'data_gone'],
  ['a base that is no other', { connection: 'simulator' }, 'same'],
  ['a base that the catalogue does not know', { baseModel: 'unheard-of' }, 'unpriced'],
])('%s stand in the way, and no run is planned', async (_, changes, code) => {
  const { obstacles, config } = await planned(changes);
  expect(obstacles.map((obstacle) => obstacle.code)).toContain(code);
  expect(config).toBeUndefined();
});

test.each([
  ['not JSON', '{"messages": [\nno\n', /^The training data have \d errors for this platform; the first, in line 1: /],
  ['empty', '', /^The training file is empty\./],
])('data that are %s stand in the way, whatever the kit holds', async (_, content, message) => {
  const train = join(at.folder, 'broken.jsonl');
  await writeFile(train, content);
  const { obstacles, config } = await planned({ train });
  expect(obstacles).toMatchObject([{ code: 'data', message: expect.stringMatching(message) }]);
  expect(config).toBeUndefined();
});

test('held-out examples that the old model has learnt are counted, wherever they come from', async () => {
  const heldOut = join(at.folder, 'seen.jsonl');
  const hold = async (lines: string[]) => await writeFile(heldOut, lines.map((line) => `${line}\n`).join(''));
  await hold([...validationLines, ...trainingLines.slice(0, 3)]);
  const examples = validationLines.length + 3;
  const plan = await planned({ heldOut });
  expect(plan).toMatchObject({ heldOut: { examples, seen: 3 }, train: { examples: trainingLines.length - 3 } });
  expect(plan.notes).toContainEqual(
    expect.stringContaining(`3 of the ${examples} held-out examples were part of what`),
  );

  await hold(trainingLines);
  expect((await planned({ heldOut })).obstacles).toMatchObject([
    { code: 'data', message: expect.stringContaining('ask all that the training examples ask') },
  ]);
});

test('of a base that the catalogue does not know those that it does are told', async () => {
  const { obstacles } = await planned({ baseModel: 'unheard-of' });
  expect(obstacles[0]?.advice).toContain('stand-in-mini');
});

test('of several bases each is planned: their estimates add up, and what is in the way of one is told', async () => {
  elsewhere.setModels({ 'stand-in-nano': {} });
  const one = await planned();
  const several = await planned({ otherBases: ['stand-in-nano'] });
  expect(several).toMatchObject({
    to: { baseModel: 'stand-in-mini' },
    others: [{ baseModel: 'stand-in-nano', price: { training: 1 } }],
    obstacles: [],
    config: { tries: [{ model: 'stand-in-mini' }, { model: 'stand-in-nano' }], register: 'support-desk' },
  });
  expect(several.estimateUsd).toBeGreaterThan(one.estimateUsd ?? Number.POSITIVE_INFINITY);
  const { obstacles, config } = await planned({ otherBases: ['unheard-of'] });
  expect(obstacles).toMatchObject([{ code: 'unpriced', message: expect.stringContaining('unheard-of') }]);
  expect(config).toBeUndefined();
});

test('of several parameters each is estimated, and they go on to the run; not with several bases as well', async () => {
  const tries = [{ hyperparameters: { epochs: 2 } }, { hyperparameters: { epochs: 4 } }];
  const changes = { ...requestFor().changes, tries };
  const two = await planned({
    changes: { ...requestFor().changes, tries: tries.slice(0, 1).concat({ hyperparameters: { epochs: 1 } }) },
  });
  const plan = await planned({ changes });
  expect(plan.config?.tries).toEqual(tries);
  expect(plan).not.toHaveProperty('others');
  expect(plan.estimateUsd).toBeGreaterThan(two.estimateUsd ?? Number.POSITIVE_INFINITY);
  await expect(planned({ changes, otherBases: ['stand-in-nano'] })).rejects.toMatchObject({ code: 'invalid_config' });
});

test('what the run would be refused by stands in the way of its plan', async () => {
  const plan = await planned({ baseModel: 'stand-in-maxi', changes: { minimumLifeDays: 0 } });
  expect(plan.obstacles).toMatchObject([
    { code: 'model_not_found', message: expect.stringContaining('stand-in-maxi') },
  ]);
  expect(plan.config).toBeUndefined();
});

test('a budget that does not bear the run stands in the way, of all tries together too, unless a person is to be asked', async () => {
  const { estimateUsd = 0 } = await planned();
  const overBudget = [{ code: 'over_budget', message: expect.stringMatching(/its budget is/) }];
  const low = await planned({ budgetUsd: estimateUsd * 0.9 });
  expect(low.obstacles).toMatchObject(overBudget);
  expect(low.config).toBeUndefined();
  const tries = [{ hyperparameters: { epochs: 2 } }, { hyperparameters: { epochs: 4 } }];
  const several = await planned({ changes: { ...requestFor().changes, tries, budgetUsd: estimateUsd * 1.1 } });
  expect(several.obstacles).toMatchObject(overBudget);
  const asked = { ...requestFor().changes, overBudget: 'ask' } as const;
  expect((await planned({ budgetUsd: estimateUsd * 0.9, changes: asked })).obstacles).toEqual([]);
});

test('a request that is none is refused before a worker is asked', async () => {
  await expect(planned({ margin: 2 })).rejects.toMatchObject({ code: 'invalid_config' });
  await expect(at.client.migrate(requestFor({ margin: 2 }))).rejects.toMatchObject({ code: 'invalid_config' });
  const { model: _, ...request } = requestFor({ margin: 2 });
  const order = { request, withinDays: 1, warnWithinDays: 1, graceHours: 0 };
  const created = at.client.schedules.createMigration({ name: 'none', cron: '0 6 * * *', order });
  await expect(created).rejects.toMatchObject({ code: 'invalid_config' });
});

test('data that are gone can be given', async () => {
  await writeFile(join(at.folder, 'given.jsonl'), trainingLines.map((line) => `${line}\n`).join(''));
  const plan = await planned({ model: 'orders', train: join(at.folder, 'given.jsonl') });
  expect(plan.obstacles).toEqual([]);
  // Where no held-out examples are kept a share is set aside, so that the plan can tell what it shows.
  expect(plan.train?.examples).toBeLessThan(trainingLines.length);
  const examples = Math.round(trainingLines.length * 0.2);
  expect(plan.heldOut).toMatchObject({ examples, seen: examples });
  expect(plan.config?.data).toEqual({
    train: expect.stringMatching(/^artifact:/),
    validation: expect.stringMatching(/^artifact:/),
    test: expect.stringMatching(/^artifact:/),
  });
});

test('what stands in the way ends a migration by name, before anything is paid', async () => {
  const before = elsewhere.ledger().totals;
  const migration = await at.client.migrate(requestFor({ model: 'orders' }));
  await expect(migration.run()).rejects.toMatchObject({
    code: 'migration_blocked',
    message: expect.stringContaining('Its training data are gone.'),
    advice: expect.stringContaining('--train FILE'),
  });
  await expect(at.client.migrate(requestFor(), await planned({ model: 'orders' }))).rejects.toMatchObject({
    code: 'migration_blocked',
  });
  expect(elsewhere.ledger().totals).toEqual(before);
  expect(await migration.state()).toMatchObject({
    ...{ status: 'failed', reason: { code: 'migration_blocked' }, progress: { stage: 'plan' } },
    plan: { obstacles: [{ code: 'data_gone' }] },
  });
});

test('a name that is neither that of a run nor of a migration is told by what it is', async () => {
  await expect(at.client.find('adopt-nowhere')).rejects.toMatchObject({ code: 'run_not_found' });
  const adoption = await at.client.adopt({ connection: 'simulator', budgetUsd: 0, dryRun: true, by: 'kim' });
  await expect(at.client.find(adoption.name)).rejects.toMatchObject({
    code: 'run_not_found',
    message: expect.stringContaining('but the workflow adopt'),
  });
  await adoption.result();
});

test('a migration that is begun twice is one, and cancelling it cancels its run and waits for that', async () => {
  elsewhere.set({ trainingSeconds: 600 });
  const before = elsewhere.ledger().totals.jobs;
  const migration = await at.client.migrate(requestFor());
  const run = await migration.run();
  await until(run, 'train', training);
  const again = await at.client.migrate(requestFor(), await planned());
  expect(again).toMatchObject({ joined: true, name: migration.name });
  expect((await again.run()).name).toBe(run.name);

  const { migration: found } = await at.client.find(migration.name);
  expect(await found?.state()).toMatchObject({
    status: 'running',
    request: requestFor(),
    plan: { train: { examples: expect.any(Number) } },
    progress: { stage: 'run', run: run.name },
  });
  expect((await at.client.find(run.name)).run).toMatchObject({ name: run.name });

  await migration.cancel('the wrong platform');
  await expect(again.result()).rejects.toMatchObject({ code: 'run_cancelled' });
  // The migration has ended, so its run has cleaned up.
  expect(await run.progress()).toMatchObject({
    status: 'cancelled',
    reason: { message: 'the wrong platform' },
    job: { platformStatus: 'cancelled' },
  });
  expect(await migration.state()).toMatchObject({ status: 'cancelled', endedAt: expect.any(String) });
  expect(elsewhere.ledger().totals.jobs - before).toBe(1);
  elsewhere.set({ trainingSeconds: 0 });
});

test('a run that somebody cancels fails its migration by name', async () => {
  elsewhere.set({ trainingSeconds: 600 });
  const migration = await at.client.migrate(requestFor());
  const run = await migration.run();
  await until(run, 'train', training);
  await run.cancel('not now');
  await expect(migration.result()).rejects.toMatchObject({
    code: 'run_cancelled',
    message: expect.stringContaining(run.name),
  });
  elsewhere.set({ trainingSeconds: 0 });
});

test('a new model that is worse is refused, with the reason; the old one stays in service', async () => {
  await writeFile(join(at.folder, 'contrary.jsonl'), contraryDataSet());
  const request = requestFor({ train: join(at.folder, 'contrary.jsonl') });
  const migration = await at.client.migrate(request, await at.client.planMigration(request));
  const { verdict, registered, fallback } = await migration.result();
  expect(verdict.decision).toBe('keep');
  expect(registered).toMatchObject({ promoted: false });
  expect(fallback).toBeUndefined();
  const { verdict: whole } = await (await migration.run()).result();
  expect(whole.checks.find(({ rule }) => rule === 'champion')).toMatchObject({ passed: false });
  expect(await records.resolve('support-desk')).toMatchObject({ version: 2, connection: 'simulator' });
});

test('of several bases the best is the one that has to stand up to the old model', async () => {
  const changes = { ...requestFor().changes, gate: { ...gate, minimumExamples: 10_000 } };
  const migration = await at.client.migrate(requestFor({ otherBases: ['stand-in-nano'], changes }));
  const { run } = await migration.result();
  const { tries = [], rivals } = await at.client.get(run).result();
  expect(tries.map(({ baseModel }) => baseModel)).toEqual(['stand-in-mini', 'stand-in-nano']);
  const chosen = tries.find((one) => one.chosen);
  expect(rivals.find(({ role }) => role === 'base')?.evaluation.model).toBe(chosen?.baseModel);
  expect(rivals.map(({ role }) => role)).toContain('champion');
});

test('a model is carried over when the old one is no more: its recorded answers stand for it', async () => {
  const before = at.simulator.ledger().chat;
  await account.client.models.delete(account.models.second);
  const migration = await at.client.migrate(requestFor());
  const migrated = await migration.result();
  expect(migrated).toMatchObject({
    model: 'support-desk',
    verdict: { decision: 'promote', says: expect.stringMatching(/(no worse|better) than the champion/) },
    registered: { name: 'support-desk', promoted: true },
    fallback: { version: 2, until: day(30) },
  });
  const result = await at.client.get(migrated.run).result();
  const champion = result.rivals.find(({ role }) => role === 'champion');
  expect(champion?.evaluation).toMatchObject({
    model: account.models.second,
    examples: validationLines.length,
    errors: 0,
  });
  // Nothing was asked there: nothing answers any more.
  expect(at.simulator.ledger().chat).toEqual(before);
  expect(await records.resolve('support-desk')).toMatchObject({ connection: 'elsewhere', modelId: result.model });
  // Its platform has announced its day, so it is waited for.
  const temporal = await connect(at.settings.temporal);
  const retirement = temporal.workflow.getHandle(migrated.fallback?.retirement ?? '');
  expect((await retirement.describe()).status.name).toBe('RUNNING');
  await retirement.terminate();
  await temporal.connection.close();
});
