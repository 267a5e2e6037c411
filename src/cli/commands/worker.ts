import type { Command } from 'commander';
import type { Perform } from '../context.ts';

export function workerCommand(program: Command, perform: Perform): void {
  program
    .command('worker')
    .description('work on runs until SIGINT or SIGTERM; what is under way is handed over')
    .action(() =>
      perform(async ({ settings }) => {
        const { runWorker } = await import('../../worker.ts');
        await runWorker(settings);
        return undefined;
      }),
    );
}
