import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Opened } from '../../src/records/database.ts';
import { openRecords } from '../../src/records/index.ts';
import { openPostgres } from '../../src/records/postgres.ts';
import { openSqlite } from '../../src/records/sqlite.ts';
import { onEachDatabase } from './support/databases.ts';
import { type Postgres, postgresPrograms, startPostgres } from './support/postgres.ts';
import { registered } from './support/samples.ts';

/** The database behind the back of the records. */
async function opened(location: string): Promise<Opened> {
  return location.startsWith('postgres:') ? await openPostgres(location) : await openSqlite(location);
}

onEachDatabase('the schema', (databases) => {
  test('of a later version is refused, and left alone', async () => {
    const location = await databases.location();
    await (await openRecords(location)).close();
    const { db } = await opened(location);
    await sql`insert into schema_version values (99)`.execute(db);
    await expect(openRecords(location)).rejects.toMatchObject({
      code: 'records_newer',
      message: expect.stringContaining('of schema 99'),
    });
    await db.destroy();
  });

  test('lets nobody change or remove what is in the audit', async () => {
    const location = await databases.location();
    await registered(await databases.open(location), 1);
    const { db } = await opened(location);
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('the audit is only added to');
    await expect(db.updateTable('audit').set({ actor: 'nobody' }).execute()).rejects.toThrow(
      'the audit is only added to',
    );
    await db.destroy();
  });
});

(postgresPrograms ? describe : describe.skip)('PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => await postgres.remove());

  test('is shared with others: tables are in a schema of their own', async () => {
    const location = await postgres.createDatabase();
    const { db } = await openPostgres(location);
    await sql`create table public.schema_version (curr_version text)`.execute(db);
    await (await openRecords(location)).close();
    const { rows } = await sql<{ table_schema: string }>`
      select distinct table_schema from information_schema.tables where table_name in ('runs', 'audit')`.execute(db);
    expect(rows).toEqual([{ table_schema: 'tunewright' }]);
    await db.destroy();
  });

  test('that goes away is named, and used again when it is back', async () => {
    const records = await openRecords(await postgres.createDatabase());
    await registered(records, 1);
    await postgres.stop();
    await expect(records.listModels()).rejects.toMatchObject({ code: 'records_unavailable', retry: 'yes' });
    await postgres.start();
    expect(await records.listModels()).toMatchObject([{ name: 'support-intents' }]);
    await records.close();
  });
});

describe('a place in which no records can be', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-records-'));
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  test('a file of another kind is named', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'no database, but long enough to be taken for one. '.repeat(20));
    await expect(openRecords(file)).rejects.toMatchObject({
      code: 'records_unavailable',
      message: expect.stringContaining('is not a SQLite database'),
    });
  });

  test('a lock that another process holds is waited for, and holds up nothing else meanwhile', async () => {
    const location = join(folder, 'locked.sqlite');
    const records = await openRecords(location);
    await registered(records, 1);
    const other = new DatabaseSync(location);
    other.exec('begin immediate');
    const promotion = records.promote({ model: 'support-intents', by: 'kim', requestId: 'first', version: 1 });
    // Longer than SQLite itself waits.
    const first = await Promise.race([promotion.then(() => 'promoted'), setTimeout(400, 'waits')]);
    expect(first).toBe('waits');
    other.exec('commit');
    other.close();
    expect(await promotion).toMatchObject({ champion: 1 });
    await records.close();
  });

  test('a folder that cannot be made is named', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openRecords(join(folder, 'file', 'records.sqlite'))).rejects.toMatchObject({
      code: 'records_unavailable',
    });
  });

  test('a PostgreSQL server that does not answer is named, without the password', async () => {
    const refused = openRecords('postgres://tunewright:hunter2@127.0.0.1:1/records');
    await expect(refused).rejects.toMatchObject({ code: 'records_unavailable', retry: 'yes' });
    await expect(refused).rejects.not.toThrow('hunter2');
  });
});
