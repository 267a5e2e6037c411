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

const defaultLimit = 20;
const pageSize = 500;

export function listCommand(program: Command, perform: Perform): void {
  program
    .command('list')
    .description('list runs: those that go on, then those that are over, newest first')
    .addOption(new Option('--status <status>', 'only runs in this state').choices(Object.keys(statuses)))
    .option('--model <id>', 'only runs of this base model')
    .option('--limit <count>', 'at most so many', wholeNumber(1), defaultLimit)
    .option('--recorded', "from the records, which reach back further than Temporal's retention")
    .addOption(new Option('--since <time>', 'only runs started then or later, an ISO time').implies({ recorded: true }))
    .addOption(new Option('--until <time>', 'only runs started before, an ISO time').implies({ recorded: true }))
    .action((options: AllOptions) => perform((context) => list(context, options)));
}

interface AllOptions extends ListOptions {
  recorded?: boolean;
  since?: string;
  until?: string;
}

async function list(context: Context, { recorded, since, until, ...options }: AllOptions): Promise<undefined> {
  const { client, out } = context;
  const runs: RunProgress[] = [];
  if (recorded) runs.push(...(await recordedRuns(context, { since, until, ...options })));
  else for await (const run of (await client()).list(options)) runs.push(run);
  out.data(runs);
  out.say(runs.length > 0 ? runTable(runs, out.paint) : 'No runs. `tunewright run FILE` starts one.');
}

/** As many pages as it takes. */
async function recordedRuns(
  { records }: Context,
  { status, model, limit = defaultLimit, since, until }: AllOptions,
): Promise<RunProgress[]> {
  const opened = await records();
  const runs: RunProgress[] = [];
  const query = { ...(status ? { status } : {}), ...(model ? { baseModel: model } : {}), since, until };
  let after: string | undefined;
  do {
    const page = await opened.listRuns({ ...query, after, limit: Math.min(pageSize, limit - runs.length) });
    runs.push(...page.runs.map(({ progress }) => progress));
    after = page.next;
  } while (after !== undefined && runs.length < limit);
  return runs;
}
