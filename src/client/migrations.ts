import { migrationType } from '../contract/migration.ts';
import { runError } from './failures.ts';
import { quoted } from './list.ts';
import { type MigrationContext, type MigrationHandle, migrationHandle } from './migration.ts';

const mostListed = 100;

/** By visibility, newest first; of a model that was carried over several times the latest one. Throws `temporal_unreachable`. */
export async function* listMigrations(
  context: MigrationContext,
  limit = mostListed,
): AsyncGenerator<MigrationHandle, void, void> {
  const names = new Set<string>();
  try {
    const query = `WorkflowType = ${quoted(migrationType)}`;
    for await (const { workflowId } of context.client.workflow.list({ query })) {
      // A name stands for the latest execution alone.
      if (names.has(workflowId)) continue;
      if (names.size === limit) return;
      names.add(workflowId);
      yield migrationHandle(workflowId, context);
    }
  } catch (error) {
    throw runError('', error);
  }
}
