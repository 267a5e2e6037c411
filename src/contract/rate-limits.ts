/** Where a platform's limit stands, as it tells with an answer; it refills evenly until it is whole. */
export interface RateLimit {
  /** When whole. */
  limit: number;
  remaining: number;
  /** Until it is whole again, ms. */
  resetMs: number;
  /** What a call like this one counts for, where that is more than what it has used. */
  perCall?: number;
}

export interface RateLimits {
  requests?: RateLimit;
  tokens?: RateLimit;
}
