import type { Command } from 'commander';
import type { RunHandle } from '../../client.ts';
import type { RunProgress } from '../../contract/run.ts';
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
    .description('cancel a run: its job is stopped, what was uploaded for it alone is removed')
    .argument('<name>', 'the run')
    .requiredOption('--reason <text>', 'why; it is kept with the run')
    .option('--wait', 'return when everything is stopped and removed')
    .action((name: string, options: CancelOptions) => perform((context) => cancel(context, name, options)));
}

async function cancel({ client, out }: Context, name: string, { reason, wait }: CancelOptions): Promise<ExitCode> {
  const handle = (await client()).get(name);
  await handle.cancel(reason);
  const last = wait ? await end(handle) : undefined;
  out.data({ name, status: last?.status ?? 'cancelling', cost: last?.cost });
  if (!last) {
    out.say(`${name} is being cancelled. \`tunewright show ${name}\` tells when it is done.`);
    return exitCodes.done;
  }
  out.say(`${name} ended as ${last.status}. Cost: ${costLine(last.cost)}.`);
  return last.status === 'cancelled' ? exitCodes.done : exitCodes.failed;
}

async function end(handle: RunHandle): Promise<RunProgress | undefined> {
  let last: RunProgress | undefined;
  for await (const progress of handle.watch()) last = progress;
  return last;
}
