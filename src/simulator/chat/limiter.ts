import { ApiError } from '../errors.ts';

const WINDOW_MS = 60_000;

/** Limits requests a minute and model. */
export interface RequestLimiter {
  /** Counts a request; answers the headers that tell where the limit stands. Throws a 429 beyond it. */
  take(model: string, perMinute: number): Record<string, string>;
}

/** A bucket a model, filled evenly over a minute of the machine's own time (a client waits in that). */
export function createLimiter(now: () => number = Date.now): RequestLimiter {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(model, perMinute) {
      if (perMinute === 0) return {};
      const at = now();
      const bucket = buckets.get(model) ?? { left: perMinute, atMs: at };
      const filled = Math.min(perMinute, bucket.left + ((at - bucket.atMs) * perMinute) / WINDOW_MS);
      const allowed = filled >= 1;
      const left = allowed ? filled - 1 : filled;
      buckets.set(model, { left, atMs: at });
      const headers = {
        'x-ratelimit-limit-requests': String(perMinute),
        'x-ratelimit-remaining-requests': String(Math.floor(left)),
        'x-ratelimit-reset-requests': `${Math.ceil(((perMinute - left) * WINDOW_MS) / perMinute)}ms`,
      };
      if (allowed) return headers;
      const waitMs = Math.ceil(((1 - filled) * WINDOW_MS) / perMinute);
      throw new ApiError(
        429,
        `Rate limit reached for ${model} on requests per min (RPM): Limit ${perMinute}. Please try again in ${waitMs}ms.`,
        {
          type: 'requests',
          code: 'rate_limit_exceeded',
          headers: {
            ...headers,
            'retry-after': String(Math.ceil(waitMs / 1000)),
            'retry-after-ms': String(waitMs),
          },
        },
      );
    },
  };
}
