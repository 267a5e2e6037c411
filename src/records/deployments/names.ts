import type { Database, Write } from '../database.ts';

/** Names by which calls reach the versions of a model that stand and have answered. */
export async function deploymentNames(db: Database | Write, model: string): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('deployments')
    .select(['version', 'name'])
    .where('model', '=', model)
    .where('ready_at', 'is not', null)
    .where('leaving_at', 'is', null)
    .execute();
  return new Map(rows.map(({ version, name }) => [version, name]));
}
