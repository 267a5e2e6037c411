import type { Client } from '@temporalio/client';
import { connect } from '../../src/client/connect.ts';
import {
  type MigrationOrder,
  type MigrationRound,
  migrationName,
  migrationRoundType,
} from '../../src/contract/migration.ts';
import type { Records } from '../../src/records/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { day } from '../adopt/account.ts';
import { type Listener, listener } from '../support/listener.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { openCrossing } from './support.ts';

// Two models in service die in 30 days: one can be carried over, of the other the data are gone.

let at: Pipeline;
let elsewhere: Simulator;
let notices: Listener;
let records: Records;
let close: () => Promise<void>;
let temporal: Client;

beforeEach(async () => {
  notices = await listener();
  ({ at, elsewhere, records, close } = await openCrossing(5, { notices }));
  temporal = await connect(at.settings.temporal);
});
afterEach(async () => {
  await temporal.connection.close();
  await close();
  await notices.close();
});

function order(changes: Partial<MigrationOrder> = {}, gate: object = {}): MigrationOrder {
  return {
    request: {
      connection: 'elsewhere',
      baseModel: 'stand-in-mini',
      margin: 0.3,
      changes: { pollSeconds: 0.1, gate: { minimumExamples: 5, minimumLifeDays: 0, ...gate } },
    },
    withinDays: 60,
    warnWithinDays: 90,
    graceHours: 0,
    ...changes,
  };
}

async function round(given: MigrationOrder): Promise<MigrationRound> {
  const { taskQueue } = at.settings;
  const options = { taskQueue, workflowId: unique('round'), args: [{ ...given, taskQueue }] };
  return (await temporal.workflow.execute(migrationRoundType, options)) as MigrationRound;
}

/** The end of the migration of a model that a round has begun. */
async function ended(model: string): Promise<unknown> {
  const migration = temporal.workflow.getHandle(migrationName(at.settings.taskQueue, model));
  return await migration.result().catch((error: Error) => error.cause);
}

async function triggered(name: string): Promise<MigrationRound> {
  await at.client.schedules.trigger(name);
  for (;;) {
    for await (const { name: listed, starts, recentRuns } of at.client.schedules.list()) {
      const [run] = recentRuns;
      if (listed !== name || run === undefined) continue;
      expect(starts).toBe('migrations');
      return (await temporal.workflow.getHandle(run).result()) as MigrationRound;
    }
  }
}

test('a schedule tells what it will do, carries over what it can, and tells what stands in the way of the rest', async () => {
  const name = unique('saving');
  await at.client.schedules.createMigration({ name, cron: '0 6 * * *', order: order() });
  expect(await triggered(name)).toEqual({
    ...{ warned: [], underWay: [], left: [] },
    started: ['orders', 'support-desk'],
  });
  await at.client.schedules.delete(name);

  expect(await ended('support-desk')).toMatchObject({ registered: { promoted: true }, fallback: { until: day(30) } });
  expect(await records.resolve('support-desk')).toMatchObject({ connection: 'elsewhere' });
  const migration = migrationName(at.settings.taskQueue, 'support-desk');
  expect(await notices.of('support-desk', 'migration_planned')).toMatchObject({
    ...{ migration, begins: expect.any(String), estimateUsd: expect.any(Number) },
    message: expect.stringContaining(`tunewright cancel ${migration}`),
  });

  expect(await ended('orders')).toMatchObject({ type: 'migration_blocked' });
  expect(await notices.of('orders', 'migration_blocked')).toMatchObject({
    message: expect.stringContaining('Its training data are gone.'),
    advice: expect.stringContaining('--distil FILE'),
  });
  // What lives elsewhere now is due no more; what stands in the way is told of again.
  expect(await round(order())).toMatchObject({ started: ['orders'] });
  await ended('orders');
});

test('what has more time left is told of, and nothing else', async () => {
  expect(await round(order({ withinDays: 10 }))).toMatchObject({ warned: ['orders', 'support-desk'], started: [] });
  expect(await notices.of('support-desk', 'model_expiring')).toMatchObject({ daysLeft: 30 });
  expect(elsewhere.ledger().totals.jobs).toBe(0);
});

test('until its grace is over nothing is paid, another round joins it, and a person can stop it', async () => {
  await round(order({ graceHours: 24 }));
  const migration = await at.client.migrate({ model: 'support-desk', ...order().request });
  expect(migration.joined).toBe(true);
  for await (const progress of migration.watch({ intervalMs: 50 })) if (progress?.stage === 'grace') break;
  expect(await round(order({ graceHours: 24 }))).toMatchObject({ underWay: ['support-desk'] });
  await migration.cancel('we move it ourselves');
  await expect(migration.result()).rejects.toMatchObject({ code: 'run_cancelled' });
  expect(elsewhere.ledger().totals).toMatchObject({ jobs: 0, files: 0 });
});

test('what was tried and was not promoted is not paid again: a person is told', async () => {
  const strict = order({}, { minimumExamples: 1_000 });
  await round(strict);
  expect(await ended('support-desk')).toMatchObject({ verdict: { decision: 'keep' } });
  const { jobs } = elsewhere.ledger().totals;
  expect(await round(strict)).toMatchObject({ left: ['support-desk'] });
  expect(await notices.of('support-desk', 'migration_blocked')).toMatchObject({
    message: expect.stringMatching(/was not carried to elsewhere\/stand-in-mini by the run migrate-support-desk-\w+/),
  });
  expect(elsewhere.ledger().totals.jobs).toBe(jobs);
});

test('answers that nobody confirms need a budget', async () => {
  const unbounded = { ...order(), request: { ...order().request, distil: {} } };
  const created = at.client.schedules.createMigration({ name: unique('x'), cron: '0 6 * * *', order: unbounded });
  await expect(created).rejects.toMatchObject({ code: 'invalid_config' });
});
