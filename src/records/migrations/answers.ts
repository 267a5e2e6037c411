import type { Kysely } from 'kysely';
import type { Dialect } from '../database.ts';

/** What models have answered in evaluations, by the hash of what they were asked. */
export async function answers({ schema }: Kysely<unknown>, _dialect: Dialect): Promise<void> {
  await schema
    .createTable('answers')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('answered_at', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('answers_by_time').on('answers').column('answered_at').execute();
}
