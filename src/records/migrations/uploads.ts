import type { Kysely } from 'kysely';
import type { Dialect } from '../database.ts';

/** Files that programs have uploaded to the gateway; their content is in the artifact store. */
export async function uploads({ schema }: Kysely<unknown>, _dialect: Dialect): Promise<void> {
  await schema
    .createTable('files')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text')
    .addColumn('filename', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('parts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('upload', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('files_by_time').on('files').columns(['created_at', 'id']).execute();
}
