import { type Command, Option } from 'commander';
import type { ListOptions } from '../../client.ts';
import type { RunProgress, RunStatus } from '../../contract/run.ts';
import type { Context, Perform } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { runTable } from '../render/runs.ts';

const statuses: Record<RunStatus, true> = {
  running: true,
  paused: true,
  parked: true,
  cancelling: true,
  retraining: true,
  succeeded: true,
  failed: true,
  cancelled: true,
};

export function listCommand(program: Command, perform: Perform): void {
  program
    .command('list')
    .description('list runs, newest first')
    .addOption(new Option('--status <status>', 'only runs in this state').choices(Object.keys(statuses)))
    .option('--model <id>', 'only runs of this base model')
    .option('--limit <count>', 'at most so many', wholeNumber(1), 20)
    .action((options: ListOptions) => perform((context) => list(context, options)));
}

async function list({ client, out }: Context, options: ListOptions): Promise<undefined> {
  const runs: RunProgress[] = [];
  for await (const run of (await client()).list(options)) runs.push(run);
  out.data(runs);
  out.say(runs.length > 0 ? runTable(runs, out.paint) : 'No runs. `tunewright run FILE` starts one.');
}
