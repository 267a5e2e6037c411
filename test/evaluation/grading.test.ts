import { type ErrorCode, type Retry, TunewrightError } from '../../src/contract/errors.ts';
import { askAll } from '../../src/evaluation/ask.ts';
import type { Grader, Grading } from '../../src/evaluation/graders/index.ts';
import type { Prediction } from '../../src/evaluation/prediction.ts';
import type { Question } from '../../src/evaluation/question.ts';
import { summarise } from '../../src/evaluation/summarise.ts';

const judge = { model: 'judge' };
const use = { inputTokens: 1, outputTokens: 1 };
const ref = { sha256: '0'.repeat(64), bytes: 1, uri: 'file:///predictions' };

function failure(code: ErrorCode, retry: Retry = 'never'): TunewrightError {
  return new TunewrightError(code, `${code} happened`, { advice: 'wait', retry });
}

/** Predictions of ten right answers, graded by what is given. */
async function predictions(grade: (question: number, grading: Grading) => ReturnType<Grader['grade']>, least = 0) {
  const all: Prediction[] = [];
  await askAll<Question>({
    questions: Array.from({ length: 10 }, (_, index) => ({ index, item: { reference: String(index) } })),
    ask: async ({ index }) => ({ text: String(index), inputTokens: 10, outputTokens: 2 }),
    grader: {
      least,
      check() {},
      grade: async (item, _sample, grading) => await grade(Number(item.reference), grading),
    },
    concurrency: 3,
    batchSize: 4,
    sleep: async () => {},
    onBatch: async (batch) => {
      all.push(...batch);
    },
  });
  return all;
}

test.each(['field_missing', 'no_reference', 'grader_failed', 'judge_unreadable', 'refused'] as const)(
  'an answer that cannot be graded, as %s, is told with its reason and has no score',
  async (code) => {
    const all = await predictions((index) => {
      if (index === 3) throw failure(code);
      return { passed: true, score: 1 };
    });
    expect(all).toHaveLength(10);
    expect(all[3]).toMatchObject({ output: '3', passed: false, grading: { code, message: `${code} happened` } });
    expect(all[3]).not.toHaveProperty('score');
    const evaluation = await summarise('m', ref, all);
    expect(evaluation).toMatchObject({ examples: 10, passed: 9, errors: 0, ungraded: 1, ungradedBy: { [code]: 1 } });
    expect(evaluation.score.value).toBe(1);
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a score of %d is none, and never passes', async (score) => {
  const all = await predictions((index) => ({ passed: true, score: index === 3 ? score : 1 }));
  expect(all[3]).toMatchObject({ passed: false, grading: { code: 'grader_failed' } });
  expect(await summarise('m', ref, all)).toMatchObject({ passed: 9, ungraded: 1 });
});

test('when nothing could be graded the evaluation fails with the first reason', async () => {
  const all = await predictions(() => {
    throw failure('judge_unreadable');
  });
  await expect(summarise('m', ref, all)).rejects.toMatchObject({
    code: 'evaluation_incomplete',
    message: 'No answer of m could be graded; the first failed with judge_unreadable: judge_unreadable happened',
  });
});

test('scores between are kept and have a mean; what says no more than passed is left out', async () => {
  const all = await predictions((index) => ({ passed: index >= 5, score: index / 10, reason: `so ${index}` }));
  expect(all[7]).toMatchObject({ passed: true, score: 0.7, reason: 'so 7' });
  expect(all[0]).not.toHaveProperty('score');
  const evaluation = await summarise('m', ref, all);
  expect(evaluation.passed).toBe(5);
  expect(evaluation.meanScore).toBeCloseTo(0.45, 12);
  const plain = await summarise(
    'm',
    ref,
    await predictions((index) => ({ passed: index > 1, score: index > 1 ? 1 : 0 })),
  );
  expect(plain).not.toHaveProperty('meanScore');
});

test('a judge that is slow or out of order is asked again, and the answer that it judges is not', async () => {
  const calls = new Map<number, number>();
  const all = await predictions(async (index, { remote }) => {
    await remote(judge, async () => {
      const made = (calls.get(index) ?? 0) + 1;
      calls.set(index, made);
      if (made === 1) throw failure(index % 2 ? 'rate_limited' : 'platform_unavailable', 'yes');
      return { use };
    });
    return { passed: true, score: 1 };
  });
  expect(all.filter(({ passed }) => passed)).toHaveLength(10);
  expect([...calls.values()]).toEqual(Array(10).fill(2));
});

test('answers in hand are judged and handed over when the worker is told to end', async () => {
  const all: Prediction[] = [];
  const ending = new AbortController();
  const interrupted = failure('interrupted', 'yes');
  const asking = askAll<Question>({
    questions: Array.from({ length: 10 }, (_, index) => ({ index, item: { reference: String(index) } })),
    ask: async ({ index }) => {
      if (index === 3) ending.abort(interrupted);
      return { text: String(index), inputTokens: 10, outputTokens: 2 };
    },
    grader: {
      least: 0,
      check() {},
      grade: async (_item, _sample, { remote }) => await remote(judge, async () => ({ use, passed: true, score: 1 })),
    },
    concurrency: 2,
    batchSize: 4,
    ending: ending.signal,
    onBatch: async (batch) => {
      all.push(...batch);
    },
  });
  await expect(asking).rejects.toBe(interrupted);
  expect(all.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(all.every(({ passed }) => passed)).toBe(true);
});

test('what judges use is counted, also where their answer was of no use', async () => {
  const all = await predictions((index, { count }) => {
    count({ inputTokens: 100, outputTokens: 10, usd: 0.25 });
    count({ inputTokens: 1, outputTokens: 1, usd: 0.25 });
    if (index === 0) throw failure('judge_unreadable');
    return { passed: true, score: 1 };
  });
  expect(all[0]?.judge).toEqual({ inputTokens: 101, outputTokens: 11, usd: 0.5 });
  expect((await summarise('m', ref, all)).judge).toEqual({ inputTokens: 1010, outputTokens: 110, usd: 5 });
});

test('the money of judges is not told when a part of it is not known', async () => {
  const all = await predictions((index, { count }) => {
    count({ inputTokens: 1, outputTokens: 1, ...(index === 4 ? {} : { usd: 1 }) });
    return { passed: true, score: 1 };
  });
  expect((await summarise('m', ref, all)).judge).toEqual({ inputTokens: 10, outputTokens: 10 });
});

test('a question without an answer has the least score of the grader', async () => {
  const all: Prediction[] = [];
  await askAll<Question>({
    questions: [{ index: 0, item: { reference: 'a' } }],
    ask: async () => {
      throw failure('refused');
    },
    grader: { least: 1, check() {}, grade: () => ({ passed: true, score: 10 }) },
    concurrency: 1,
    batchSize: 1,
    onBatch: async (batch) => {
      all.push(...batch);
    },
  });
  expect(all[0]).toMatchObject({ score: 1, passed: false, error: { code: 'refused' } });
});

test('how long each answer took is kept in whole milliseconds', async () => {
  for (const { latencyMs } of await predictions(() => ({ passed: true, score: 1 }))) {
    expect(Number.isInteger(latencyMs)).toBe(true);
  }
});
