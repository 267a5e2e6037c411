import { setImmediate } from 'node:timers/promises';
import { TunewrightError } from '../../src/contract/errors.ts';
import { createPace } from '../../src/evaluation/pace.ts';
import { createThrottle } from '../../src/evaluation/throttle.ts';
import { limitsOf } from '../../src/platforms/protocol/limits.ts';
import { createLimiter } from '../../src/simulator/chat/limiter.ts';

const perMinute = 600;
const latencyMs = 200;

interface Load {
  callers: number;
  atOnce: number;
  minutes: number;
  /** Whether callers see where the limit stands, or refusals alone. */
  told: boolean;
}

/** Callers at one limit of the simulated platform, in time that is only counted. */
async function play({ callers, atOnce, minutes, told }: Load) {
  let now = 0;
  const due: { at: number; wake: () => void }[] = [];
  const sleep = async (ms: number) => await new Promise<void>((wake) => due.push({ at: now + ms, wake }));
  const limiter = createLimiter(() => now);
  const end = new AbortController();
  const answered = Array.from({ length: callers }, () => 0);
  let refused = 0;

  function take(): Headers {
    try {
      return new Headers(limiter.take('model', perMinute));
    } catch {
      refused += 1;
      throw new TunewrightError('rate_limited', 'Too many.', { advice: 'wait', retry: 'yes', retryAfterMs: 100 });
    }
  }
  async function work(caller: number, throttle: ReturnType<typeof createThrottle>): Promise<void> {
    while (now < minutes * 60_000) {
      await throttle(async (tell) => {
        await sleep(latencyMs / 2);
        const headers = take();
        answered[caller] = (answered[caller] ?? 0) + 1;
        await sleep(latencyMs / 2);
        if (told) tell(limitsOf(headers), 1);
      });
    }
  }

  const all = answered.flatMap((_, caller) => {
    const throttle = createThrottle({
      concurrency: atOnce,
      maxWaitMs: 20_000,
      sleep,
      now: () => now,
      signal: end.signal,
    });
    return Array.from({ length: atOnce }, async () => await work(caller, throttle));
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
  return { answered, used: answers / (perMinute * (1 + now / 60_000)), wasted: refused / (answers + refused) };
}

describe('calls that are told where a limit stands', () => {
  test.each([
    { callers: 1, atOnce: 8 },
    { callers: 1, atOnce: 32 },
    { callers: 2, atOnce: 16 },
    { callers: 4, atOnce: 8 },
  ])('of $callers, $atOnce at once, use up the limit and hardly one is refused', async (load) => {
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
