import type { Command } from 'commander';
import type { MigrationHandle, RunHandle, TunewrightClient } from '../../client.ts';
import type { Cost, RunStatus } from '../../contract/run.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { costLine } from '../render/cost.ts';

interface CancelOptions {
  reason: string;
  wait?: boolean;
}

export function cancelCommand(program: Command, perform: Perform): void {
  program
    .command('cancel')
    .description(
      'cancel a run, or a migration with its run: its job is stopped, what was uploaded for it alone is removed',
    )
    .argument('<name>', 'the run or migration')
    .requiredOption('--reason <text>', 'why; it is kept with the run')
    .option('--wait', 'return when everything is stopped and removed')
    .action((name: string, options: CancelOptions) => perform((context) => cancel(context, name, options)));
}

async function cancel({ client, out }: Context, name: string, { reason, wait }: CancelOptions): Promise<ExitCode> {
  const connected = await client();
  const { run, migration } = await connected.find(name);
  await (run ?? migration).cancel(reason);
  if (!wait) {
    out.data({ name, status: 'cancelling' });
    out.say(`${name} is being cancelled. \`tunewright show ${name}\` tells when it is done.`);
    return exitCodes.done;
  }
  const { status, cost } = run ? await endOfRun(run) : await endOfMigration(migration, connected);
  out.data({ name, status, cost });
  out.say(`${name} ended as ${status}. Cost: ${cost ? costLine(cost) : 'none of a run, for it had begun none'}.`);
  return status === 'cancelled' ? exitCodes.done : exitCodes.failed;
}

interface Ended {
  status: RunStatus;
  cost?: Cost;
}

async function endOfRun(run: RunHandle): Promise<Ended> {
  let last: Ended = { status: 'cancelling' };
  for await (const progress of run.watch()) last = progress;
  return last;
}

/** With what its run has cost. */
async function endOfMigration(migration: MigrationHandle, client: TunewrightClient): Promise<Ended> {
  for await (const _ of migration.watch());
  const { status, progress } = await migration.state();
  if (progress?.run === undefined) return { status };
  return { status, cost: (await client.get(progress.run).progress()).cost };
}
