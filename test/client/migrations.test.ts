import { connect } from '../../src/client/connect.ts';
import { createClient } from '../../src/client.ts';
import { migrationName, migrationType } from '../../src/contract/migration.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
});
afterAll(async () => await at.close());

/** Begins the migration of a model that nobody has registered, and waits for its end. */
async function tried(model: string): Promise<string> {
  const migration = await at.client.migrate({ model, connection: 'simulator', baseModel: 'stand-in-mini', margin: 0 });
  await expect(migration.result()).rejects.toMatchObject({ code: 'model_unknown' });
  return migration.name;
}

test('a namespace that Temporal does not have is told by name', async () => {
  const { address } = at.settings.temporal;
  const client = await createClient({ address, namespace: 'elsewhere' });
  const none = { code: 'invalid_config', message: 'The Temporal cluster has no namespace "elsewhere".' };
  await expect(client.get('a').progress()).rejects.toMatchObject(none);
  await expect(client.list().next()).rejects.toMatchObject(none);
  await expect(client.accounts().next()).rejects.toMatchObject(none);
  await expect(client.schedules.list().next()).rejects.toMatchObject(none);
  await expect(client.schedules.pause('nightly')).rejects.toMatchObject(none);
  const schedule = { name: 'nightly', cron: '0 3 * * 1', config: at.config() };
  await expect(client.schedules.create(schedule)).rejects.toMatchObject(none);
  await client.close();
});

test('migrations are listed newest first, each name by its latest execution', async () => {
  const names = [await tried('orders'), await tried('invoices'), await tried('orders')];
  const { taskQueue } = at.settings;
  expect(names).toEqual(['orders', 'invoices', 'orders'].map((model) => migrationName(taskQueue, model)));
  // Others use the server too, and visibility comes a moment later.
  const temporal = await connect(at.settings.temporal);
  const query = `WorkflowType = "${migrationType}" AND TaskQueue = "${taskQueue}" AND ExecutionStatus = "Failed"`;
  while ((await temporal.workflow.count(query)).count < names.length);
  await temporal.connection.close();

  const listed = [];
  for await (const migration of at.client.migrations(Number.POSITIVE_INFINITY)) {
    if (names.includes(migration.name)) listed.push(await migration.state());
  }
  expect(listed).toMatchObject([
    { name: names[2], status: 'failed', request: { model: 'orders' }, reason: { code: 'model_unknown' } },
    { name: names[1], status: 'failed', request: { model: 'invoices' } },
  ]);
  const limited = [];
  for await (const { name } of at.client.migrations(1)) limited.push(name);
  expect(limited).toHaveLength(1);
});
