import type { MigrationHandle } from '../client.ts';
import { attend } from './attend.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit.ts';
import { migrationEnd, migrationLine } from './render/migration-state.ts';

/**
 * Watches a migration's run to its end and tells what becomes of the old version. Throws as `attend`, and by name what kept the
 * run from beginning.
 */
export async function attendMigration(context: Context, migration: MigrationHandle): Promise<ExitCode> {
  const { out } = context;
  const interrupt = context.interrupts();
  for await (const progress of migration.watch({ signal: interrupt })) {
    if (progress) out.data({ event: 'progress', progress });
    if (progress?.run) break;
    if (progress) out.say(`           ${migrationLine(progress)}`);
  }
  const run = interrupt.aborted ? undefined : await migration.run({ signal: interrupt });
  if (!run) {
    out.note(`Stopped watching; the migration goes on. \`tunewright watch ${migration.name}\` follows it again.`);
    return exitCodeOf(interrupt);
  }
  out.data({ event: 'run', name: run.name, url: run.url });
  out.say(`run:       ${run.name}`);
  const code = await attend(context, run, false);
  if (code !== exitCodes.done) return code;
  const result = await migration.result();
  out.data({ event: 'migrated', result });
  for (const line of migrationEnd(result)) out.say(line);
  return code;
}
