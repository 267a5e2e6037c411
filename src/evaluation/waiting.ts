import { TunewrightError } from '../contract/errors.ts';

/** Waits so many milliseconds; rejects as soon as the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const firstWaitMs = 500;

/** Milliseconds to wait after the `failures`-th failure in a row (from 1): doubling, with jitter over its upper half. */
export function backoffMs(failures: number): number {
  return firstWaitMs * 2 ** (failures - 1) * (0.5 + Math.random() / 2);
}

/** The same error, saying when to try again: for a caller that can wait longer than a call may take. */
export function tryAgainAfter(error: TunewrightError, waitMs: number): TunewrightError {
  const { advice, retry, status } = error;
  return new TunewrightError(error.code, error.message, {
    advice,
    retry,
    status,
    retryAfterMs: Math.ceil(waitMs),
    cause: error,
  });
}
