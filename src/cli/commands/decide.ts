import type { Command } from 'commander';
import type { Perform } from '../context.ts';

export function decideCommand(program: Command, perform: Perform): void {
  program
    .command('decide')
    .description('answer a parked run with one of the choices that `tunewright show` lists')
    .argument('<name>', 'the run')
    .argument('<choice>', 'the name of the choice')
    .action((name: string, choice: string) =>
      perform(async ({ client, out }) => {
        const message = await (await client()).get(name).decide(choice);
        out.data({ name, message });
        out.say(message);
        return undefined;
      }),
    );
}
