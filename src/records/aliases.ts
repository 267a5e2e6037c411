import type { Alias } from '../contract/registry.ts';
import type { Database, Write } from './database.ts';

/** The version that an alias names. */
export async function aliased(db: Database | Write, model: string, alias: Alias): Promise<number | undefined> {
  const row = await db
    .selectFrom('aliases')
    .select('version')
    .where('model', '=', model)
    .where('alias', '=', alias)
    .executeTakeFirst();
  return row?.version;
}

export async function moveAlias(
  write: Write,
  row: { model: string; alias: Alias; version: number; since: string },
): Promise<void> {
  const { version, since } = row;
  await write
    .insertInto('aliases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version, since }))
    .execute();
}

/** Takes the alias off, if it is that version's. */
export async function dropAlias(write: Write, model: string, alias: Alias, version: number): Promise<void> {
  await write
    .deleteFrom('aliases')
    .where('model', '=', model)
    .where('alias', '=', alias)
    .where('version', '=', version)
    .execute();
}
