import { type Kysely, sql } from 'kysely';
import { TunewrightError } from '../../contract/errors.ts';
import type { Dialect, Opened } from '../database.ts';
import { postgresSchema } from '../postgres.ts';
import { answers } from './answers.ts';
import { deployments } from './deployments.ts';
import { first } from './first.ts';
import { uploads } from './uploads.ts';

/** In order; what is released is never changed, only followed. */
const migrations: ((db: Kysely<unknown>, dialect: Dialect) => Promise<void>)[] = [first, uploads, answers, deployments];

/** Any number, the same in every process: PostgreSQL lets the holder alone migrate. */
const lockNumber = 746_311_020;

interface SchemaTable {
  schema_version: { version: number };
}

/**
 * Brings the schema to the version that this software knows. All or nothing, and one process at a time: the SQLite
 * dialect begins transactions with its write lock. Throws `records_newer`.
 */
export async function migrate({ db, dialect }: Opened): Promise<void> {
  const versions = db as unknown as Kysely<SchemaTable>;
  await versions.transaction().execute(async (transaction) => {
    if (dialect.name === 'postgres') await lockPostgres(transaction);
    await sql`create table if not exists schema_version (version integer not null primary key)`.execute(transaction);
    const { found } = await transaction
      .selectFrom('schema_version')
      .select(({ fn }) => fn.max('version').as('found'))
      .executeTakeFirstOrThrow();
    const present = found ?? 0;
    if (present > migrations.length) throw newer(present);
    for (const [index, step] of migrations.entries()) {
      if (index < present) continue;
      await step(transaction as unknown as Kysely<unknown>, dialect);
      await transaction
        .insertInto('schema_version')
        .values({ version: index + 1 })
        .execute();
    }
  });
}

/** Whoever may not create schemas can be given one. */
async function lockPostgres(transaction: Kysely<SchemaTable>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(transaction);
  const { rows } = await sql`select from pg_namespace where nspname = ${postgresSchema}`.execute(transaction);
  if (rows.length === 0) await sql`create schema ${sql.id(postgresSchema)}`.execute(transaction);
}

function newer(version: number): TunewrightError {
  const message = `The records are of schema ${version}; this tunewright knows schemas up to ${migrations.length}.`;
  return new TunewrightError('records_newer', message, {
    advice: 'Use the version of tunewright that has written them, or a later one.',
  });
}
