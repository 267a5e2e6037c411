import { TunewrightError } from '../contract/errors.ts';
import { evaluateType } from '../contract/evaluate.ts';
import { progressMemo, workflowType } from '../contract/messages.ts';
import { migrationType } from '../contract/migration.ts';
import { namedAs } from './failures.ts';
import type { RunHandle } from './handle.ts';
import { type MigrationContext, type MigrationHandle, migrationHandle } from './migration.ts';

/** What goes by a name. */
export type Found = { run: RunHandle; migration?: never } | { migration: MigrationHandle; run?: never };

/** Throws `run_not_found`, also for workflows of other types, which have pages in Temporal alone. */
export async function find(name: string, context: MigrationContext): Promise<Found> {
  const { type, memo } = await namedAs(name, () => context.client.workflow.getHandle(name).describe());
  if (type === migrationType) return { migration: migrationHandle(name, context) };
  // What a run begins shows itself as runs do, and so does an evaluation without one.
  if (type === workflowType || type === evaluateType || memo?.[progressMemo] !== undefined)
    return { run: context.get(name) };
  throw new TunewrightError('run_not_found', `"${name}" is no run and no migration, but the workflow ${type}.`, {
    advice: `${context.url(name) ?? "Temporal's Web UI"} shows it; \`tunewright list\` shows the runs.`,
  });
}
