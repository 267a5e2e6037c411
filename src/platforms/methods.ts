import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';

/** What to throw for a method by which no adapter of the platform trains. */
export function untrained(method: Method): TunewrightError {
  return new TunewrightError('model_not_tunable', `No job of the method "${method}" can be made at this connection.`, {
    advice: `Choose another method or connection; \`tunewright validate --method ${method}\` checks data for it all the same.`,
  });
}
