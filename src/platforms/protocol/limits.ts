import type { RateLimit, RateLimits } from '../../contract/rate-limits.ts';

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Where the platform's limits stand: `x-ratelimit-limit-requests`, `-remaining-requests` and `-reset-requests`, and the
 * same of tokens. Undefined when it tells none whole.
 *
 * @param perCall tokens that the call counts for: the larger of its own and those it may be answered with, whatever is answered
 */
export function limitsOf(headers: Headers, perCall?: number): RateLimits | undefined {
  const requests = limitOf(headers, 'requests');
  const tokens = limitOf(headers, 'tokens');
  if (!requests && !tokens) return undefined;
  const counted = tokens && { ...tokens, ...(perCall === undefined ? {} : { perCall }) };
  return { ...(requests ? { requests } : {}), ...(counted ? { tokens: counted } : {}) };
}

function limitOf(headers: Headers, of: 'requests' | 'tokens'): RateLimit | undefined {
  const count = (name: string) => Number(headers.get(`x-ratelimit-${name}-${of}`) ?? Number.NaN);
  const limit = count('limit');
  const remaining = count('remaining');
  const resetMs = durationMs(headers.get(`x-ratelimit-reset-${of}`) ?? '');
  // Some send -1 for what they do not know.
  if (!(limit > 0 && remaining >= 0) || resetMs === undefined) return undefined;
  return { limit, remaining, resetMs };
}

/** As in `12ms`, `1s`, `6m0s`, `2m59.56s`. */
function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) ms += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return ms;
}
