import { type ColumnDataType, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from '../database.ts';

type Type = ColumnDataType | RawBuilder<unknown>;

/** Deployments of versions, and the rule by which a model's are kept. */
export async function deployments(db: Kysely<unknown>, { name: dialect }: Dialect): Promise<void> {
  const postgres = dialect === 'postgres';
  const time: Type = postgres ? sql`timestamptz(3)` : 'text';
  const { schema } = db;
  await schema
    .alterTable('models')
    .addColumn('serve', postgres ? 'jsonb' : 'text')
    .execute();
  await schema
    .createTable('deployments')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('hourly_usd', postgres ? 'double precision' : 'real')
    .addColumn('created_at', time, (column) => column.notNull())
    .addColumn('ready_at', time)
    .addColumn('served_at', time)
    .addColumn('leaving_at', time)
    .addColumn('ended_at', time)
    .addColumn('reason', 'text')
    .addForeignKeyConstraint('deployments_version', ['model', 'version'], 'versions', ['model', 'version'])
    .execute();
  await sql`create unique index deployments_one_standing on deployments (model, version) where ended_at is null`.execute(
    db,
  );
}
