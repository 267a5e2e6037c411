import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';

/** A server of one's own that speaks OpenAI's chat protocol. */
export interface Server {
  /** The model as the server knows it. */
  model: string;
  ask: TrainingPlatform['chat'];
}

/**
 * Servers answer 500 to what is too long for the model: one that answers another question then is not in trouble. Returns
 * the question's own failure; undefined when it is the server's.
 */
export async function ofTheQuestion(error: unknown, { model, ask }: Server): Promise<TunewrightError | undefined> {
  if (!(error instanceof TunewrightError && error.status === 500)) return undefined;
  try {
    await ask({ model, messages: [{ role: 'user', content: 'Hello' }], maxOutputTokens: 1, seed: 1 });
  } catch {
    return undefined;
  }
  return new TunewrightError('refused', 'The server fails at this question, and at no other.', {
    advice: "It may be longer than the model can read; the server's log tells more.",
    status: 500,
    cause: error,
  });
}
