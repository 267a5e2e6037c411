const failuresThatOpen = 3;
const openMs = 10_000;

/** Remembers which upstreams are down, so that they are not asked at each call. */
export interface Breaker {
  /** Whether it is to be asked now: one that is down is tried by one call every ten seconds. */
  mayAsk(upstream: string): boolean;
  succeeded(upstream: string): void;
  failed(upstream: string): void;
}

export function breaker(now: () => number = () => performance.now()): Breaker {
  const failing = new Map<string, { failures: number; nextAt: number }>();
  return {
    mayAsk(upstream) {
      const state = failing.get(upstream);
      if (!state || state.failures < failuresThatOpen) return true;
      if (now() < state.nextAt) return false;
      state.nextAt = now() + openMs;
      return true;
    },
    succeeded: (upstream) => void failing.delete(upstream),
    failed(upstream) {
      const { failures = 0 } = failing.get(upstream) ?? {};
      failing.set(upstream, { failures: failures + 1, nextAt: now() + openMs });
    },
  };
}
