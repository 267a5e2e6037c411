import type { Store } from './store.ts';

/** The platform's time, in milliseconds since 1970. */
export interface Clock {
  /** The time last read; live unless the source of time is a function of the caller's. */
  now(): number;
  /** The time in whole seconds, as the API gives it. */
  seconds(): number;
  /** Asks the source again; each request and each tick does this first. */
  refresh(): Promise<number>;
  /** Moves the time forward (or back) by `ms`; the offset outlives a restart. */
  advance(ms: number): void;
}

/** A clock over `source` (default: the machine's), plus the offset kept in the store. */
export async function createClock(store: Store, source?: () => number | Promise<number>): Promise<Clock> {
  let offset = store.get<{ ms: number }>('clock', 'offset')?.ms ?? 0;
  let last = source ? await source() : 0;
  const now = () => (source ? last : Date.now()) + offset;
  return {
    now,
    seconds: () => Math.floor(now() / 1000),
    async refresh() {
      if (source) last = await source();
      return now();
    },
    advance(ms) {
      offset += ms;
      store.put('clock', { id: 'offset', createdMs: 0, ms: offset });
    },
  };
}
