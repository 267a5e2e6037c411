import { TunewrightError } from '../contract/errors.ts';
import { createThrottle, type Throttle, type ThrottleOptions } from './throttle.ts';
import { backoffMs, tryAgainAfter } from './waiting.ts';

/** Makes a call, and again where that may help. */
export type Patience = Throttle;

/** Tries of one call when the platform is out of order; refusals for haste are counted by the throttle alone. */
const tries = 4;

/**
 * Calls within what a platform takes, tried again when it is out of order. Throws what cannot be waited out within
 * `maxWaitMs` and a few tries, with `retryAfterMs` where the wait is known.
 */
export function createPatience(options: ThrottleOptions): Patience {
  const throttle = createThrottle(options);
  const { maxWaitMs, sleep, signal } = options;
  return async (call) => {
    for (let tried = 1; ; tried++) {
      try {
        return await throttle(call);
      } catch (error) {
        if (!(error instanceof TunewrightError)) throw error;
        if (error.retry === 'never' || error.code === 'rate_limited' || tried === tries) throw error;
        const waitMs = error.retryAfterMs ?? backoffMs(tried);
        if (waitMs > maxWaitMs) throw tryAgainAfter(error, waitMs);
        await sleep(waitMs, signal);
      }
    }
  };
}
