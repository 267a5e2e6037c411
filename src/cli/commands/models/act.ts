import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { AliveCheck } from '../../../contract/registry.ts';
import { userName } from '../../actor.ts';
import type { Context } from '../../context.ts';

export interface ActOptions {
  by?: string;
  requestId?: string;
}

/** A command that changes a model; what it does is audited. */
export function actCommand(models: Command, verb: string, description: string): Command {
  return models
    .command(verb)
    .description(description)
    .argument('<name>', 'the model')
    .option('--by <who>', 'who does it, for the audit; the user of this machine when absent');
}

/** The option of commands that are done once however often they are repeated. */
export function repeatable(command: Command): Command {
  return command.option('--request-id <id>', 'the same id again changes nothing and is answered as the first time');
}

/** Who acts on which model, by which request. */
export function actOf(model: string, { by, requestId = randomUUID() }: ActOptions) {
  return { model, by: by ?? userName(), requestId };
}

/** Asks the platforms that this machine has connections to. */
export async function alive({ settings, out }: Context): Promise<AliveCheck> {
  const { createPlatforms } = await import('../../../platforms/registry.ts');
  const { aliveCheck } = await import('../../../lifetimes/alive.ts');
  return aliveCheck(createPlatforms(settings.connections, settings), ({ message }) =>
    out.note(`The platform could not be asked whether it still serves the model: ${message}`),
  );
}
