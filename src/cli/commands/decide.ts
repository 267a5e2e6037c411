import type { Command } from 'commander';
import type { DecidedBy } from '../../contract/run.ts';
import { userName } from '../actor.ts';
import type { Perform } from '../context.ts';
import { runNamed } from '../run-named.ts';

export function decideCommand(program: Command, perform: Perform): void {
  program
    .command('decide')
    .description('answer a parked run with one of the choices that `tunewright show` lists')
    .argument('<name>', 'the run')
    .argument('<choice>', 'the name of the choice')
    .option('--by <who>', 'who decides, for the audit; the user of this machine when absent')
    .option('--comment <text>', 'why, for the audit')
    .action((name: string, choice: string, { by = userName(), comment }: DecidedBy) =>
      perform(async ({ client, out }) => {
        const message = await (await runNamed(await client(), name)).decide(choice, {
          by,
          ...(comment ? { comment } : {}),
        });
        out.data({ name, message });
        out.say(message);
        return undefined;
      }),
    );
}
