import { TunewrightError } from '../contract/errors.ts';
import { backoffMs, type Sleep, tryAgainAfter } from './waiting.ts';

/** So often in a row the platform's own word on when to come back is trusted. */
const trustedRounds = 4;

export interface ThrottleOptions {
  /** Calls under way at once when nothing is refused. */
  concurrency: number;
  /** The longest wait made here. */
  maxWaitMs: number;
  sleep: Sleep;
  /** When aborted, no call is begun any more. */
  signal: AbortSignal;
}

/** Runs a call when there is room for it, again and again while the platform answers `rate_limited`. */
export type Throttle = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Keeps calls within what the platform takes: each burst of refusals halves the number under way and stops all new
 * ones for as long as the platform says, or ever longer; a full round of answers lets one more in.
 *
 * The throttle throws the refusal, with `retryAfterMs`, when the wait would be longer than `maxWaitMs`.
 */
export function createThrottle({ concurrency, maxWaitMs, sleep, signal }: ThrottleOptions): Throttle {
  let limit = concurrency;
  let underWay = 0;
  // Calls begun before a slow-down belong to the same burst: their refusals and answers say nothing of the new pace.
  let round = 0;
  let refusedRounds = 0;
  let answersInARow = 0;
  let pause: Promise<unknown> = Promise.resolve();
  const queue: (() => void)[] = [];
  const wake = () => {
    for (const proceed of queue.splice(0)) proceed();
  };

  async function enter(): Promise<void> {
    for (;;) {
      const seen = pause;
      await seen;
      signal.throwIfAborted();
      if (seen !== pause) continue;
      if (underWay < limit) break;
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    underWay += 1;
  }

  function answered(inRound: number): void {
    if (inRound !== round) return;
    refusedRounds = 0;
    answersInARow += 1;
    if (answersInARow < limit || limit === concurrency) return;
    limit += 1;
    answersInARow = 0;
  }

  function refused(error: TunewrightError, inRound: number): void {
    const told = error.retryAfterMs;
    if (inRound === round) {
      round += 1;
      refusedRounds += 1;
      answersInARow = 0;
      limit = Math.max(1, Math.floor(limit / 2));
    } else if (told === undefined) {
      return;
    }
    const ownMs = told !== undefined && refusedRounds <= trustedRounds ? 0 : backoffMs(refusedRounds);
    const waitMs = Math.max(told ?? 0, ownMs);
    if (waitMs > maxWaitMs) throw tryAgainAfter(error, waitMs);
    pause = Promise.all([pause, sleep(waitMs, signal)]);
    // Whoever waits for it sees the abort; when nobody does, it is no unhandled rejection.
    pause.catch(() => {});
  }

  return async (call) => {
    for (;;) {
      await enter();
      const inRound = round;
      try {
        const answer = await call();
        answered(inRound);
        return answer;
      } catch (error) {
        if (!(error instanceof TunewrightError) || error.code !== 'rate_limited' || error.retry === 'never')
          throw error;
        refused(error, inRound);
      } finally {
        underWay -= 1;
        wake();
      }
    }
  };
}
