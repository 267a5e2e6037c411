import { type ColumnDataType, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../database.ts';

type Type = ColumnDataType | RawBuilder<unknown>;

/** Runs, jobs, evaluations; models with versions, aliases and canaries; the audit. */
export async function first(db: Kysely<unknown>, { name: dialect }: Dialect): Promise<void> {
  const postgres = dialect === 'postgres';
  const json: Type = postgres ? 'jsonb' : 'text';
  const time: Type = postgres ? sql`timestamptz(3)` : 'text';
  const number: Type = postgres ? 'double precision' : 'real';
  const serial: Type = postgres ? sql`bigint generated always as identity` : 'integer';
  const { schema } = db;

  await schema
    .createTable('runs')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('base_model', 'text', (column) => column.notNull())
    .addColumn('started_at', time, (column) => column.notNull())
    .addColumn('ended_at', time)
    .addColumn('config', json, (column) => column.notNull())
    .addColumn('progress', json, (column) => column.notNull())
    .addColumn('as_of', time, (column) => column.notNull())
    .execute();
  await schema.createIndex('runs_by_start').on('runs').columns(['started_at', 'key']).execute();
  await schema.createIndex('runs_by_name').on('runs').column('name').execute();

  await schema
    .createTable('jobs')
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('run_key', 'text', (column) => column.notNull())
    .addColumn('job', json, (column) => column.notNull())
    .addColumn('as_of', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('jobs_key', ['connection', 'id'])
    .execute();
  await schema.createIndex('jobs_by_run').on('jobs').column('run_key').execute();

  await schema
    .createTable('evaluations')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('run_key', 'text')
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('data_sha256', 'text', (column) => column.notNull())
    .addColumn('examples', 'integer', (column) => column.notNull())
    .addColumn('passed', 'integer', (column) => column.notNull())
    .addColumn('errors', 'integer', (column) => column.notNull())
    .addColumn('score', json, (column) => column.notNull())
    .addColumn('cost_usd', number)
    .addColumn('predictions', json)
    .addColumn('at', time, (column) => column.notNull())
    .execute();
  await schema.createIndex('evaluations_by_run').on('evaluations').column('run_key').execute();

  await schema
    .createTable('models')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('description', 'text')
    .addColumn('owner', 'text')
    .addColumn('tags', json, (column) => column.notNull())
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('versions', 'integer', (column) => column.notNull())
    .execute();

  await schema
    .createTable('versions')
    .addColumn('model', 'text', (column) => column.notNull().references('models.name'))
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('run_key', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('base_model', 'text', (column) => column.notNull())
    .addColumn('shutdown_date', 'text')
    .addColumn('description', 'text')
    .addColumn('tags', json, (column) => column.notNull())
    .addColumn('lineage', json, (column) => column.notNull())
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('promoted_at', time)
    .addColumn('promoted_by', 'text')
    .addColumn('promoted_reason', 'text')
    .addColumn('replaced', 'integer')
    .addColumn('retired_at', time)
    .addColumn('retired_by', 'text')
    .addColumn('retired_reason', 'text')
    .addPrimaryKeyConstraint('versions_key', ['model', 'version'])
    .addUniqueConstraint('versions_once_a_run', ['model', 'run_key'])
    .execute();

  await schema
    .createTable('aliases')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('since', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('aliases_key', ['model', 'alias'])
    .addForeignKeyConstraint('aliases_version', ['model', 'version'], 'versions', ['model', 'version'])
    .execute();

  await schema
    .createTable('canaries')
    .addColumn('id', serial, (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('champion', 'integer', (column) => column.notNull())
    .addColumn('share', number, (column) => column.notNull())
    .addColumn('since', time, (column) => column.notNull())
    .addColumn('started_by', 'text', (column) => column.notNull())
    .addColumn('champion_passed', 'integer', (column) => column.notNull())
    .addColumn('champion_failed', 'integer', (column) => column.notNull())
    .addColumn('candidate_passed', 'integer', (column) => column.notNull())
    .addColumn('candidate_failed', 'integer', (column) => column.notNull())
    .addColumn('ended_at', time)
    .addForeignKeyConstraint('canaries_version', ['model', 'version'], 'versions', ['model', 'version'])
    .execute();
  await sql`create unique index canaries_one_open on canaries (model) where ended_at is null`.execute(db);

  await schema
    .createTable('feedback')
    .addColumn('canary', postgres ? 'bigint' : 'integer', (column) => column.notNull().references('canaries.id'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('passed', 'integer', (column) => column.notNull())
    .addColumn('at', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('feedback_key', ['canary', 'id'])
    .execute();

  await schema
    .createTable('audit')
    .addColumn('id', serial, (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('at', time, (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('version', 'integer')
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addColumn('reason', 'text')
    .addColumn('request_id', 'text')
    .execute();
  await schema.createIndex('audit_by_model').on('audit').columns(['model', 'id']).execute();

  await schema
    .createTable('requests')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('asked', 'text', (column) => column.notNull())
    .addColumn('answer', json, (column) => column.notNull())
    .addColumn('at', time, (column) => column.notNull())
    .addPrimaryKeyConstraint('requests_key', ['model', 'id'])
    .execute();

  for (const statement of postgres ? appendOnlyInPostgres : appendOnlyInSqlite) await statement.execute(db);
}

const appendOnlyInSqlite = [
  sql`create trigger audit_no_update before update on audit begin select raise(abort, 'the audit is only added to'); end`,
  sql`create trigger audit_no_delete before delete on audit begin select raise(abort, 'the audit is only added to'); end`,
];

const appendOnlyInPostgres = [
  sql`create function audit_only_added_to() returns trigger language plpgsql as
    $$ begin raise exception 'the audit is only added to'; end $$`,
  sql`create trigger audit_no_change before update or delete on audit
    for each row execute function audit_only_added_to()`,
  sql`create trigger audit_no_truncate before truncate on audit
    for each statement execute function audit_only_added_to()`,
];
