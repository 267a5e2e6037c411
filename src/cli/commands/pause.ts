import type { Command } from 'commander';
import type { Perform } from '../context.ts';
import { runNamed } from '../run-named.ts';

export function pauseCommand(program: Command, perform: Perform): void {
  program
    .command('pause')
    .description('hold a run before its next stage, or its job where the platform can')
    .argument('<name>', 'the run')
    .action((name: string) =>
      perform(async ({ client, out }) => {
        const message = await (await runNamed(await client(), name)).pause();
        out.data({ name, message });
        out.say(message);
        return undefined;
      }),
    );
}
