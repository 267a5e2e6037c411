import { TunewrightError } from '../contract/errors.ts';
import { attended, triedForMs } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';

export interface WarmUpInput {
  connection: string;
  model: string;
}

const lookAgainMs = 5_000;

export function warmUpActivities({ platforms }: Dependencies) {
  return {
    /** Asks the new model one short question until it answers: for minutes after `succeeded` it may not be found. */
    async warmUp({ connection, model }: WarmUpInput): Promise<void> {
      const platform = platforms.get(connection);
      try {
        const question = {
          model,
          messages: [{ role: 'user' as const, content: 'Hello' }],
          maxOutputTokens: 1,
          seed: 1,
        };
        await attended(async () => await platform.chat(question));
      } catch (error) {
        const notYet = error instanceof TunewrightError && error.status === 404;
        if (notYet && triedForMs() < platform.capabilities.modelReadyMs) {
          throw stillPending(`${model} does not answer yet.`, lookAgainMs);
        }
        throw error;
      }
    },
  };
}
