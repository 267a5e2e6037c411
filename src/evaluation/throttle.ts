import { TunewrightError } from '../contract/errors.ts';
import type { RateLimits } from '../contract/rate-limits.ts';
import { createPace } from './pace.ts';
import { backoffMs, type Sleep, tryAgainAfter } from './waiting.ts';

/** So often in a row the platform's own word on when to come back is trusted. */
const trustedRounds = 4;

export interface ThrottleOptions {
  /** Calls under way at once when nothing is refused. */
  concurrency: number;
  /** The longest wait made here. */
  maxWaitMs: number;
  sleep: Sleep;
  /** The clock of `sleep`, ms. */
  now?: () => number;
  /** When aborted, no call is begun any more. */
  signal: AbortSignal;
}

/** What an answer used, and what was told with it. */
export type Tell = (limits: RateLimits | undefined, tokens: number) => void;

/** Runs a call when there is room for it, again and again while the platform answers `rate_limited`. */
export type Throttle = <T>(call: (tell: Tell) => Promise<T>) => Promise<T>;

/**
 * Keeps calls within what the platform takes: each burst of refusals halves the number under way and stops all new
 * ones for as long as the platform says, or ever longer; a full round of answers lets one more in. Where the platform
 * tells its limits with its answers, calls are spread so that it need not refuse any.
 *
 * The throttle throws the refusal, with `retryAfterMs`, when the wait would be longer than `maxWaitMs`.
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { concurrency, maxWaitMs, sleep, now = () => performance.now(), signal } = options;
  let limit = concurrency;
  let underWay = 0;
  // Calls begun before a slow-down belong to the same burst: their refusals and answers say nothing of the new pace.
  let round = 0;
  let refusedRounds = 0;
  let answersInARow = 0;
  let pause: Promise<unknown> = Promise.resolve();
  let onTheirWay = 0;
  let turns: Promise<void> = Promise.resolve();
  const pace = { requests: createPace(maxWaitMs, now), tokens: createPace(maxWaitMs, now) };
  const told = { answers: 0, tokens: 0 };
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

  /** One after another: how long each waits is seen when it is the next, not when it came. */
  function untilTurn(): Promise<void> {
    turns = turns.then(async () => {
      const waitMs = Math.max(pace.requests.waitMs(), pace.tokens.waitMs());
      if (waitMs >= 1) await sleep(waitMs, signal);
      await pause;
      signal.throwIfAborted();
      pace.requests.begun();
      pace.tokens.begun();
    });
    return turns;
  }

  const tell: Tell = (limits, tokens) => {
    told.answers += 1;
    told.tokens += limits?.tokens?.perCall ?? tokens;
    const others = onTheirWay - 1;
    if (limits?.requests) pace.requests.told(limits.requests, 1, others);
    if (limits?.tokens) pace.tokens.told(limits.tokens, Math.max(1, told.tokens / told.answers), others);
  };

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
      let inRound = round;
      let sent = false;
      try {
        await untilTurn();
        inRound = round;
        sent = true;
        onTheirWay += 1;
        const answer = await call(tell);
        answered(inRound);
        return answer;
      } catch (error) {
        if (!(error instanceof TunewrightError) || error.code !== 'rate_limited' || error.retry === 'never')
          throw error;
        refused(error, inRound);
      } finally {
        underWay -= 1;
        if (sent) onTheirWay -= 1;
        wake();
      }
    }
  };
}
