import { setImmediate } from 'node:timers/promises';
import { TunewrightError } from '../../src/contract/errors.ts';
import { createJudging } from '../../src/evaluation/judging.ts';
import { createPace } from '../../src/evaluation/pace.ts';
import { createThrottle, type ThrottleOptions } from '../../src/evaluation/throttle.ts';
import { limitsOf } from '../../src/platforms/protocol/limits.ts';
import { createLimiter, type RateLimit } from '../../src/simulator/chat/limiter.ts';

const perMinute = 600;
const latencyMs = 200;
/** A call may be answered with far more tokens than it is. */
const tokens = { counted: 300, used: 30 };

interface Load {
  callers: number;
  atOnce: number;
  minutes: number;
  /** Whether callers see where the limit stands, or refusals alone. */
  told: boolean;
  limit?: RateLimit;
  /** Whether a grader makes the calls. */
  judges?: boolean;
}

/** Callers at one limit of the simulated platform, in time that is only counted. */
async function play({ callers, atOnce, minutes, told, limit = { requests: perMinute }, judges = false }: Load) {
  let now = 0;
  const due: { at: number; wake: () => void }[] = [];
  const sleep = async (ms: number) => await new Promise<void>((wake) => due.push({ at: now + ms, wake }));
  const limiter = createLimiter(() => now);
  const end = new AbortController();
  const answered = Array.from({ length: callers }, () => 0);
  let refused = 0;

  function take(): Headers {
    try {
      return new Headers(limiter.take('model', limit, tokens.counted));
    } catch {
      refused += 1;
      throw new TunewrightError('rate_limited', 'Too many.', { advice: 'wait', retry: 'yes', retryAfterMs: 100 });
    }
  }
  async function call(caller: number) {
    await sleep(latencyMs / 2);
    const headers = take();
    answered[caller] = (answered[caller] ?? 0) + 1;
    await sleep(latencyMs / 2);
    const limits = told ? limitsOf(headers, tokens.counted) : undefined;
    return { use: { inputTokens: tokens.used, outputTokens: 0 }, limits };
  }
  function patient(options: ThrottleOptions): (caller: number) => Promise<unknown> {
    const throttle = createThrottle(options);
    const judging = createJudging(options);
    if (judges) return async (caller) => await judging({ model: 'model' }, async () => await call(caller));
    return async (caller) => await throttle(async (tell) => tell((await call(caller)).limits, tokens.used));
  }
  async function work(caller: number, ask: (caller: number) => Promise<unknown>): Promise<void> {
    while (now < minutes * 60_000) await ask(caller);
  }

  const all = answered.flatMap((_, caller) => {
    const ask = patient({
      concurrency: atOnce,
      maxWaitMs: 20_000,
      sleep,
      now: () => now,
      signal: end.signal,
    });
    return Array.from({ length: atOnce }, async () => await work(caller, ask));
  });
  let done = false;
  const ended = Promise.all(all).finally(() => {
    done = true;
  });
  ended.catch(() => {});
  while (!done) {
    await setImmediate();
    due.sort((one, other) => one.at - other.at);
    const next = due.shift();
    now = next?.at ?? now;
    next?.wake();
  }
  await ended;
  const answers = answered.reduce((sum, count) => sum + count, 0);
  const most = Math.min(limit.requests || Infinity, (limit.tokens || Infinity) / tokens.counted);
  return { answered, used: answers / (most * (1 + now / 60_000)), wasted: refused / (answers + refused) };
}

describe('calls that are told where a limit stands', () => {
  test.each([
    { callers: 1, atOnce: 8 },
    { callers: 1, atOnce: 32 },
    { callers: 2, atOnce: 16 },
    { callers: 4, atOnce: 8 },
    { callers: 1, atOnce: 16, limit: { requests: 0, tokens: perMinute * tokens.counted } },
    { callers: 2, atOnce: 16, limit: { requests: 5 * perMinute, tokens: perMinute * tokens.counted } },
    { callers: 1, atOnce: 32, judges: true },
    { callers: 2, atOnce: 16, judges: true },
  ])('of $callers, $atOnce at once, use up the limit $limit and hardly one is refused', async (load) => {
    const { used, wasted, answered } = await play({ ...load, minutes: 3, told: true });
    expect(used).toBeGreaterThan(0.95);
    expect(wasted).toBeLessThan(0.01);
    // None is starved by the others.
    expect(Math.min(...answered)).toBeGreaterThan(0.8 * Math.max(...answered));
  });

  test('fare better than those that see refusals alone', async () => {
    const load = { callers: 1, atOnce: 32, minutes: 2 };
    const [told, plain] = [await play({ ...load, told: true }), await play({ ...load, told: false })];
    expect(plain.wasted).toBeGreaterThan(0.01);
    expect(told.wasted).toBeLessThan(plain.wasted);
  });
});

describe('a pace', () => {
  test('waits for nothing where a limit is whole, and never longer than it may', () => {
    const pace = createPace(20_000, () => 0);
    pace.told({ limit: 100, remaining: 100, resetMs: 0 }, 1, 3);
    pace.begun();
    expect(pace.waitMs()).toBe(0);
    // Of a day.
    pace.told({ limit: 1_000, remaining: 0, resetMs: 86_400_000 }, 1, 3);
    expect(pace.waitMs()).toBe(20_000);
  });

  test('of tokens goes by what a call uses', () => {
    const pace = createPace(20_000, () => 0);
    pace.told({ limit: 60_000, remaining: 600, resetMs: 59_400 }, 300, 0);
    pace.begun();
    const before = pace.waitMs();
    pace.begun();
    // 300 tokens are there again after 300 ms; 2 calls are left of the 10 that are to be left.
    expect(pace.waitMs() - before).toBeCloseTo(1_500, 6);
  });
});
