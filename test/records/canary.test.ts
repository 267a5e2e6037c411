import type { Tally } from '../../src/contract/registry.ts';
import { pick } from '../../src/contract/serving.ts';
import { fisherLess, look } from '../../src/records/canary/worse.ts';
import { onEachDatabase } from './support/databases.ts';
import { act, registered } from './support/samples.ts';

const tally = (passed: number, failed: number): Tally => ({ passed, failed });

describe('whether a candidate is worse', () => {
  /** The sum of the definition, in whole numbers. */
  function exact(candidate: Tally, champion: Tally): number {
    const choose = (n: number, k: number): bigint => {
      let result = 1n;
      for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i);
      return k < 0 || k > n ? 0n : result;
    };
    const drawn = candidate.passed + candidate.failed;
    const others = champion.passed + champion.failed;
    const passed = candidate.passed + champion.passed;
    let sum = 0n;
    for (let count = 0; count <= candidate.passed; count++)
      sum += choose(drawn, count) * choose(others, passed - count);
    return Number((sum * 10n ** 15n) / choose(drawn + others, passed)) / 1e15;
  }

  test("is Fisher's exact test, as by its definition", () => {
    for (const [a, b, c, d] of [
      [5, 5, 95, 5],
      [0, 10, 90, 10],
      [10, 0, 90, 10],
      [0, 3, 0, 4],
      [3, 0, 4, 0],
      [1, 0, 0, 0],
      [37, 23, 410, 130],
      [120, 180, 500, 300],
    ] as const) {
      expect(fisherLess(tally(a, b), tally(c, d))).toBeCloseTo(exact(tally(a, b), tally(c, d)), 10);
    }
  });

  test('is asked at sizes that grow by half, each time with less of the error to spend', () => {
    const looks = Array.from({ length: 120 }, (_, size) => ({
      size,
      found: look(tally(size, 0), tally(50, 0)),
    })).filter(({ found }) => found);
    expect(looks.map(({ size }) => size)).toEqual([10, 15, 23, 35, 53, 80]);
    expect(looks[0]?.found?.bound).toBe(0.025);
    expect(looks[5]?.found?.bound).toBeCloseTo(0.05 / 42);
  });

  /** Numbers in [0, 1), the same each time: mulberry32. */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** After how much feedback on the candidate a canary of that quality ends; undefined when it does not. */
  function endsAfter(candidateRate: number, championRate: number, seed: number): number | undefined {
    const next = numbers(seed);
    const [candidate, champion] = [tally(0, 0), tally(0, 0)];
    for (let size = 1; size <= 400; size++) {
      candidate[next() < candidateRate ? 'passed' : 'failed']++;
      for (let others = 0; others < 3; others++) champion[next() < championRate ? 'passed' : 'failed']++;
      const found = look(candidate, champion);
      if (found && found.p <= found.bound) return size;
    }
    return undefined;
  }

  test('ends few that are as good, and all that are much worse', () => {
    const seeds = Array.from({ length: 500 }, (_, seed) => seed);
    const wrongly = seeds.filter((seed) => endsAfter(0.8, 0.8, seed) !== undefined).length;
    expect(wrongly / seeds.length).toBeLessThan(0.05);
    const sizes = seeds.slice(0, 100).map((seed) => endsAfter(0.4, 0.9, seed));
    expect(Math.max(...sizes.map((size) => size ?? 401))).toBeLessThan(60);
  });
});

test('a share of the keys goes to the candidate, a larger share only adds keys', () => {
  const version = (number: number) => ({
    version: number,
    connection: 'openai',
    platform: 'openai',
    modelId: `ft:${number}`,
    baseModel: 'gpt-4.1-mini',
    since: '2026-11-28T12:00:00.000Z',
  });
  const keys = Array.from({ length: 20_000 }, (_, number) => `customer-${number}`);
  const chosen = (share: number, candidate = 2) => {
    const serving = {
      name: 'support-intents',
      revision: 1,
      champion: version(1),
      canary: { candidate: version(candidate), share },
    };
    return new Set(keys.filter((key) => pick(serving, key).alias === 'candidate'));
  };
  const tenth = chosen(0.1);
  expect(tenth.size / keys.length).toBeCloseTo(0.1, 2);
  const quarter = chosen(0.25);
  expect(quarter.size / keys.length).toBeCloseTo(0.25, 1);
  expect([...tenth].every((key) => quarter.has(key))).toBe(true);
  expect(chosen(1).size).toBe(keys.length);
  // Another candidate is tried by other keys.
  const others = chosen(0.1, 3);
  expect([...tenth].filter((key) => others.has(key)).length).toBeLessThan(tenth.size / 2);
});

onEachDatabase('a canary', (databases) => {
  async function started() {
    const records = await databases.open();
    await registered(records, 3);
    await records.promote({ ...act(), version: 1 });
    await records.setCanary({ ...act(), version: 2, share: 0.5 });
    const give = async (version: number, passed: boolean, times: number) => {
      for (let time = 0; time < times; time++) await records.feedback({ model: 'support-intents', version, passed });
    };
    return { records, give };
  }

  test('ends by itself when its feedback is worse, and says so in the audit', async () => {
    const { records, give } = await started();
    await give(1, true, 19);
    await give(1, false, 1);
    await give(2, true, 3);
    await give(2, false, 6);
    expect(await records.serving('support-intents')).toHaveProperty('canary');
    const last = await records.feedback({ model: 'support-intents', version: 2, passed: false });
    expect(last).toEqual({
      counted: true,
      ended: 'worse than version 1: 3 of 10 passed against 19 of 20, p = 0.00042, bound 0.025',
    });
    expect(await records.serving('support-intents')).not.toHaveProperty('canary');
    expect((await records.audit('support-intents'))[0]).toMatchObject({
      action: 'canary-end',
      by: 'canary',
      version: 2,
      reason: last.ended,
    });
    expect(await records.feedback({ model: 'support-intents', version: 2, passed: false })).toEqual({ counted: false });
  });

  test('goes on while the candidate does as well', async () => {
    const { records, give } = await started();
    await give(1, true, 20);
    await give(2, true, 9);
    await give(2, false, 1);
    expect((await records.getModel('support-intents')).canary?.feedback).toEqual({
      champion: tally(20, 0),
      candidate: tally(9, 1),
    });
  });

  test('counts feedback once an id, for the version that the key was sent to', async () => {
    const { records } = await started();
    const serving = await records.serving('support-intents');
    const key = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].find((key) => pick(serving, key).version === 2);
    const feedback = { model: 'support-intents', key: key ?? '', passed: true, id: 'call-1' };
    expect(await records.feedback(feedback)).toMatchObject({
      counted: true,
      canary: { feedback: { candidate: tally(1, 0) } },
    });
    expect(await records.feedback(feedback)).toMatchObject({
      counted: false,
      canary: { feedback: { candidate: tally(1, 0) } },
    });
    expect(await records.feedback({ model: 'support-intents', version: 3, passed: true })).toEqual({ counted: false });
    const neither = { model: 'support-intents', passed: true };
    await expect(records.feedback(neither)).rejects.toMatchObject({ code: 'invalid_config' });
    await expect(records.feedback({ ...feedback, model: 'none' })).rejects.toMatchObject({ code: 'model_unknown' });
  });

  test('feedback that comes all at once is all counted', async () => {
    const { records } = await started();
    await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        records.feedback({ model: 'support-intents', version: 1 + (number % 2), passed: true }),
      ),
    );
    expect((await records.getModel('support-intents')).canary?.feedback).toEqual({
      champion: tally(20, 0),
      candidate: tally(20, 0),
    });
  });
});
