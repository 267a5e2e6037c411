import { ApiError } from '../errors.ts';

const WINDOW_MS = 60_000;

/** What a model may be asked for in a minute; 0 for no limit. */
export interface RateLimit {
  requests: number;
  tokens?: number;
}

/** Limits requests and tokens a minute and model. */
export interface RateLimiter {
  /**
   * Counts a request and the tokens it may use; answers the headers that tell where the limits stand. Throws a 429 beyond
   * one of them: then nothing is counted.
   */
  take(model: string, limit: RateLimit, tokens?: number): Record<string, string>;
}

/** One limit as a request meets it. */
interface Meeting {
  of: 'requests' | 'tokens';
  perMinute: number;
  filled: number;
  cost: number;
}

/** Buckets a model, filled evenly over a minute of the machine's own time (a client waits in that). */
export function createLimiter(now: () => number = Date.now): RateLimiter {
  const buckets = new Map<string, { left: number; atMs: number }>();

  function met(model: string, of: Meeting['of'], perMinute: number, cost: number): Meeting[] {
    if (perMinute === 0) return [];
    const { left, atMs } = buckets.get(`${of} ${model}`) ?? { left: perMinute, atMs: now() };
    const filled = Math.min(perMinute, left + ((now() - atMs) * perMinute) / WINDOW_MS);
    return [{ of, perMinute, filled, cost }];
  }

  return {
    take(model, limit, tokens = 0) {
      const meetings = [
        ...met(model, 'requests', limit.requests, 1),
        ...met(model, 'tokens', limit.tokens ?? 0, tokens),
      ];
      const beyond = meetings.find(({ filled, cost }) => filled < cost);
      const stands = meetings.map((one) => ({ ...one, left: beyond ? one.filled : one.filled - one.cost }));
      for (const { of, left } of stands) buckets.set(`${of} ${model}`, { left, atMs: now() });
      const headers = Object.assign({}, ...stands.map(headersOf));
      if (beyond) throw refusal(model, beyond, headers);
      return headers;
    },
  };
}

function headersOf({ of, perMinute, left }: Meeting & { left: number }): Record<string, string> {
  return {
    [`x-ratelimit-limit-${of}`]: String(perMinute),
    [`x-ratelimit-remaining-${of}`]: String(Math.floor(left)),
    [`x-ratelimit-reset-${of}`]: `${Math.ceil(((perMinute - left) * WINDOW_MS) / perMinute)}ms`,
  };
}

function refusal(model: string, { of, perMinute, filled, cost }: Meeting, headers: Record<string, string>): ApiError {
  const code = 'rate_limit_exceeded';
  const unit = of === 'requests' ? 'requests per min (RPM)' : 'tokens per min (TPM)';
  // What is larger than the whole limit is never let through, so nothing is said of a time.
  if (cost > perMinute) {
    const message = `Request too large for ${model} on ${unit}: Limit ${perMinute}, Requested ${cost}.`;
    return new ApiError(429, message, { type: of, code, headers });
  }
  const waitMs = Math.ceil(((cost - filled) * WINDOW_MS) / perMinute);
  const message = `Rate limit reached for ${model} on ${unit}: Limit ${perMinute}. Please try again in ${waitMs}ms.`;
  return new ApiError(429, message, {
    type: of,
    code,
    headers: { ...headers, 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) },
  });
}
