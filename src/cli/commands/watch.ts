import type { Command } from 'commander';
import { attend } from '../attend.ts';
import { attendMigration } from '../attend-migration.ts';
import type { Perform } from '../context.ts';

export function watchCommand(program: Command, perform: Perform): void {
  program
    .command('watch')
    .description('watch a run or migration to its end; breaking it off leaves it alone')
    .argument('<name>', 'the run or migration')
    .action((name: string) =>
      perform(async (context) => {
        const { run, migration } = await (await context.client()).find(name);
        return run ? await attend(context, run, false) : await attendMigration(context, migration);
      }),
    );
}
