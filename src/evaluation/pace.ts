import type { RateLimit } from '../contract/rate-limits.ts';

/** So much of a limit is left for what others ask meanwhile. */
const spare = 0.05;
/** Questions on their way may not be counted yet: as many times their number is left. */
const spareOnTheirWay = 2;

/** A timer that comes so late takes nothing from the calls after it. */
const lateMs = 100;

/** Spreads calls so that a platform's limit is nearly used up and not run over, also where others draw on it. */
export interface Pace {
  /** @param cost of one call, in the unit of the limit */
  told(limit: RateLimit, cost: number, onTheirWay: number): void;
  /** How long the next call has to wait as far as is known now, ms. */
  waitMs(): number;
  /** Told of each call. */
  begun(): void;
}

/**
 * A call is let through as often as the limit refills, times what is left over what is to be left: far more often while
 * much is left, less often when others have taken it. So any number of callers settle at one share of the limit each,
 * without knowing of one another.
 *
 * @param mostMs the longest wait: a refusal tells more than a limit that is for a day
 */
export function createPace(mostMs: number, now: () => number): Pace {
  let everyMs = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    told({ limit, remaining, resetMs }, cost, onTheirWay) {
      const used = limit - remaining;
      if (used <= 0 || resetMs <= 0) {
        everyMs = 0;
        return;
      }
      const refillMs = (resetMs / used) * cost;
      const left = Math.max(1, remaining / cost - onTheirWay);
      const toBeLeft = Math.max(1, spareOnTheirWay * onTheirWay, (spare * limit) / cost);
      everyMs = (refillMs * toBeLeft) / left;
    },
    waitMs: () => Math.min(mostMs, Math.max(0, lastAt + everyMs - now())),
    begun() {
      lastAt = Math.max(lastAt + everyMs, now() - lateMs);
    },
  };
}
