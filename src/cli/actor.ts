import { userInfo } from 'node:os';
import { TunewrightError } from '../contract/errors.ts';

/** Who types the command: named where a decision is kept. Throws `invalid_config` where the machine has no name for them. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    // Its number has no entry in the system's list, as in some containers.
    throw new TunewrightError('invalid_config', 'The user of this machine has no name.', {
      advice: 'Say who does it with --by.',
      cause,
    });
  }
}
