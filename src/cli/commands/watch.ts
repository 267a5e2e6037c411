import type { Command } from 'commander';
import { attend } from '../attend.ts';
import type { Perform } from '../context.ts';

export function watchCommand(program: Command, perform: Perform): void {
  program
    .command('watch')
    .description('watch a run to its end; breaking it off leaves the run alone')
    .argument('<name>', 'the run')
    .action((name: string) =>
      perform(async (context) => await attend(context, (await context.client()).get(name), false)),
    );
}
