import type { Command } from 'commander';
import type { MigrationHandle, TunewrightClient } from '../../client.ts';
import type { Context, Perform } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { type MigrationRow, migrationTable } from '../render/migration-state.ts';

const defaultLimit = 20;

export function migrationsCommand(program: Command, perform: Perform): void {
  program
    .command('migrations')
    .description('list migrations, newest first: which wait, which go on, and how each has ended')
    .option('--limit <count>', 'at most so many', wholeNumber(1), defaultLimit)
    .action(({ limit }: { limit: number }) => perform((context) => list(context, limit)));
}

async function list(context: Context, limit: number): Promise<undefined> {
  const { out } = context;
  const client = await context.client();
  const all: MigrationRow[] = [];
  for await (const migration of client.migrations(limit)) all.push(await rowOf(migration, client));
  out.data(all);
  if (all.length === 0) out.say('No migrations. `tunewright migrate MODEL --to CONNECTION/BASE` starts one.');
  else out.say(`${migrationTable(all, out.paint)}\n\n\`tunewright show NAME\` tells more of one.`);
}

/** A run that goes on tells more than its migration: whether it waits for a person. */
async function rowOf(handle: MigrationHandle, client: TunewrightClient): Promise<MigrationRow> {
  const migration = await handle.state();
  const run = migration.status === 'running' ? migration.progress?.run : undefined;
  return { migration, ...(run === undefined ? {} : { run: await client.get(run).progress() }) };
}
