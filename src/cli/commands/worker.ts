import type { Command } from 'commander';
import type { Perform } from '../context.ts';

export function workerCommand(program: Command, perform: Perform): void {
  program
    .command('worker')
    .description(
      'work on runs until SIGINT or SIGTERM, then hand over what is under way; a second signal ends it at once',
    )
    .action(() =>
      perform(async ({ settings, interrupts }) => {
        const stop = interrupts();
        const { runWorker } = await import('../../worker.ts');
        await runWorker(settings, stop);
        return undefined;
      }),
    );
}
