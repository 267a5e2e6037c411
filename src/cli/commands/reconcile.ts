import { type Command, Option } from 'commander';
import { leftovers } from '../../reconcile/finding.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { duration } from '../options.ts';
import { reconciliationReport } from '../render/reconcile.ts';

interface ReconcileCommandOptions {
  connection?: string[];
  apply: boolean;
  olderThan: number;
}

export function reconcileCommand(program: Command, perform: Perform): void {
  program
    .command('reconcile')
    .description('set what the platforms hold against what runs own; exits with 1 while something is left over')
    .option('--connection <names...>', 'only these connections; all whose key is set otherwise')
    .option('--apply', 'remove what is left over: stop its jobs and batches, delete its files; models stay', false)
    .addOption(
      new Option('--older-than <time>', 'remove nothing younger, such as 90s, 30m, 2d')
        .argParser(duration)
        .default(duration('1h'), '1h'),
    )
    .action((options: ReconcileCommandOptions) => perform((context) => reconcile(context, options)));
}

async function reconcile(
  { settings, out, now }: Context,
  { connection: connections, apply, olderThan: olderThanMs }: ReconcileCommandOptions,
): Promise<ExitCode> {
  const [{ reconcile }, { connect }, { createPlatforms }] = await Promise.all([
    import('../../reconcile/reconcile.ts'),
    import('../../client/connect.ts'),
    import('../../platforms/registry.ts'),
  ]);
  const platforms = createPlatforms(settings.connections, settings);
  const client = await connect(settings.temporal);
  try {
    const at = now();
    const found = await reconcile({ client, platforms, connections, apply, olderThanMs, now: at.getTime() });
    out.data(found);
    out.say(reconciliationReport(found, { now: at, paint: out.paint }));
    return leftovers(found).length + found.problems.length > 0 ? exitCodes.failed : exitCodes.done;
  } finally {
    await client.connection.close();
  }
}
