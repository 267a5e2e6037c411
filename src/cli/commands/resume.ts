import type { Command } from 'commander';
import type { Perform } from '../context.ts';
import { runNamed } from '../run-named.ts';

export function resumeCommand(program: Command, perform: Perform): void {
  program
    .command('resume')
    .description('let a paused run go on')
    .argument('<name>', 'the run')
    .action((name: string) =>
      perform(async ({ client, out }) => {
        const message = await (await runNamed(await client(), name)).resume();
        out.data({ name, message });
        out.say(message);
        return undefined;
      }),
    );
}
