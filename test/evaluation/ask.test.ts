import { setImmediate } from 'node:timers/promises';
import { type ErrorCode, type Retry, TunewrightError } from '../../src/contract/errors.ts';
import { type AskAllOptions, askAll } from '../../src/evaluation/ask.ts';
import { createGrader, type Grader } from '../../src/evaluation/graders/index.ts';
import type { Prediction } from '../../src/evaluation/prediction.ts';
import type { Question } from '../../src/evaluation/question.ts';
import { alone } from './graders/support.ts';

const grader = createGrader({ type: 'exact_match', normalise: false }, alone);

function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, index) => ({ index, item: { reference: `answer ${index}` } }));
}

function right({ index }: Question) {
  return { text: `answer ${index}`, inputTokens: 10, outputTokens: 2, latencyMs: 7 };
}

function failure(code: ErrorCode, retry: Retry, retryAfterMs?: number): TunewrightError {
  return new TunewrightError(code, `${code} happened`, {
    advice: 'wait',
    retry,
    ...(retryAfterMs ? { retryAfterMs } : {}),
  });
}

/** A platform that answers a few turns of the event loop later, not in the order it was asked. */
async function turns(index: number): Promise<void> {
  for (let turn = (index * 7) % 5; turn >= 0; turn--) await setImmediate();
}

/** Asks with everything watched: batches, waits, and how many calls were under way at most. */
async function watched(options: Pick<AskAllOptions<Question>, 'ask'> & Partial<AskAllOptions<Question>>): Promise<{
  batches: number[][];
  predictions: Prediction[];
  waits: number[];
  levels: number[];
  calls: number;
  thrown: unknown;
}> {
  const seen = {
    batches: [] as number[][],
    predictions: [] as Prediction[],
    waits: [] as number[],
    levels: [] as number[],
    calls: 0,
  };
  let underWay = 0;
  let handingOver = false;
  const thrown = await askAll({
    questions: questions(23),
    grader,
    concurrency: 4,
    batchSize: 5,
    sleep: async (ms, signal) => {
      seen.waits.push(ms);
      await setImmediate();
      signal.throwIfAborted();
    },
    onBatch: async (predictions) => {
      expect(handingOver).toBe(false);
      handingOver = true;
      await setImmediate();
      seen.batches.push(predictions.map(({ index }) => index));
      seen.predictions.push(...predictions);
      handingOver = false;
    },
    ...options,
    ask: async (question, signal) => {
      seen.calls += 1;
      underWay += 1;
      seen.levels.push(underWay);
      try {
        await turns(question.index);
        return await options.ask(question, signal);
      } finally {
        underWay -= 1;
      }
    },
  }).catch((error) => error);
  expect(underWay).toBe(0);
  return { ...seen, thrown };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, step) => from + step);

describe('an undisturbed evaluation', () => {
  test('hands over every prediction in order, in batches, and asks as many at once as it may', async () => {
    const { batches, predictions, levels, calls, thrown } = await watched({
      ask: async (question) => (question.index === 3 ? { ...right(question), text: 'wrong' } : right(question)),
    });
    expect(thrown).toBeUndefined();
    expect(batches).toEqual([range(0, 5), range(5, 10), range(10, 15), range(15, 20), range(20, 23)]);
    expect(predictions[2]).toEqual({
      index: 2,
      reference: 'answer 2',
      output: 'answer 2',
      latencyMs: 7,
      passed: true,
      inputTokens: 10,
      outputTokens: 2,
    });
    expect(predictions.filter(({ passed }) => !passed).map(({ index }) => index)).toEqual([3]);
    expect(Math.max(...levels)).toBe(4);
    expect(calls).toBe(23);
  });

  test('takes questions from a stream, closes it, and does nothing for none', async () => {
    let closed = false;
    async function* stream() {
      try {
        yield* questions(7);
      } finally {
        closed = true;
      }
    }
    expect((await watched({ questions: stream(), ask: async (question) => right(question) })).batches).toEqual([
      range(0, 5),
      range(5, 7),
    ]);
    expect(closed).toBe(true);
    expect((await watched({ questions: [], ask: async (question) => right(question) })).batches).toEqual([]);
  });

  test('refuses questions that are not numbered one by one', async () => {
    const gap = questions(4).filter(({ index }) => index !== 2);
    const { thrown } = await watched({ questions: gap, ask: async (question) => right(question) });
    expect(thrown).toMatchObject({ code: 'internal', message: 'Question 2 was due and question 3 came.' });
  });
});

describe('an evaluation that is stopped and goes on', () => {
  test.each(range(0, 23))('at question %i ends with the same predictions, none of them asked twice', async (at) => {
    const undisturbed = await watched({ ask: async (question) => right(question) });
    const first = await watched({
      ask: async (question) => {
        if (question.index === at) throw failure('rate_limited', 'yes', 60_000);
        return right(question);
      },
    });
    expect(first.thrown).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    expect(first.predictions.map(({ index }) => index)).toEqual(range(0, at));
    const second = await watched({ startAt: first.predictions.length, ask: async (question) => right(question) });
    expect([...first.predictions, ...second.predictions]).toEqual(undisturbed.predictions);
    expect(second.calls).toBe(23 - at);
  });

  describe('by one question while others are under way', () => {
    async function stoppedBy(error: TunewrightError) {
      let closed = false;
      async function* stream() {
        try {
          yield* questions(23);
        } finally {
          closed = true;
        }
      }
      const seen = await watched({
        questions: stream(),
        ask: async (question, signal) => {
          if (question.index === 2) throw error;
          for (let turn = 0; turn < 20; turn++) await setImmediate();
          signal.throwIfAborted();
          return right(question);
        },
      });
      expect(closed).toBe(true);
      return seen;
    }

    test('takes their answers when waiting helps, and leaves a long wait to the caller', async () => {
      const { predictions, waits, thrown } = await stoppedBy(failure('platform_unavailable', 'unsure', 30_000));
      expect(thrown).toMatchObject({ code: 'platform_unavailable', retry: 'unsure', retryAfterMs: 30_000 });
      expect(predictions.map(({ index }) => index)).toEqual([0, 1]);
      expect(waits).toEqual([]);
    });

    test('aborts them when nothing helps', async () => {
      const { predictions, thrown } = await stoppedBy(failure('wrong_key', 'never'));
      expect(thrown).toMatchObject({ code: 'wrong_key' });
      expect(predictions).toEqual([]);
    });
  });

  test('throws what handing over threw, and hands nothing over afterwards', async () => {
    const broken = new Error('disk full');
    let handedOver = 0;
    const { thrown } = await watched({
      ask: async (question) => right(question),
      onBatch: async () => {
        handedOver += 1;
        if (handedOver === 2) throw broken;
      },
    });
    expect(thrown).toBe(broken);
    expect(handedOver).toBe(2);
  });

  test('throws the reason of the abort, aborts the calls under way and hands nothing over', async () => {
    const cancel = new AbortController();
    const aborted: number[] = [];
    const { predictions, thrown, calls } = await watched({
      signal: cancel.signal,
      ask: async (question, signal) => {
        if (question.index < 3) return right(question);
        if (question.index === 6) cancel.abort(new Error('cancelled by a person'));
        return new Promise((_, reject) => {
          const stop = () => {
            aborted.push(question.index);
            reject(new Error('request aborted'));
          };
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop);
        });
      },
    });
    expect(thrown).toMatchObject({ message: 'cancelled by a person' });
    expect(aborted.toSorted()).toEqual([3, 4, 5, 6]);
    expect(predictions).toEqual([]);
    expect(calls).toBe(7);
  });

  test('told to end it asks nothing more, waits for the answers under way and hands all over', async () => {
    const ending = new AbortController();
    const told = failure('interrupted', 'yes');
    const { predictions, thrown, calls } = await watched({
      ending: ending.signal,
      ask: async (question) => {
        if (question.index === 6) ending.abort(told);
        return right(question);
      },
    });
    expect(thrown).toBe(told);
    expect(calls).toBeLessThan(12);
    expect(predictions.map(({ index }) => index)).toEqual(range(0, calls));
  });

  test('told to end and then aborted it hands over what was answered', async () => {
    const ending = new AbortController();
    const cancel = new AbortController();
    const { predictions, thrown } = await watched({
      signal: cancel.signal,
      ending: ending.signal,
      ask: async (question, signal) => {
        if (question.index < 3) return right(question);
        if (question.index === 6) {
          ending.abort(failure('interrupted', 'yes'));
          setImmediate().then(() => cancel.abort(new Error('time is up')));
        }
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return right(question);
      },
    });
    expect(thrown).toMatchObject({ code: 'interrupted' });
    expect(predictions.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test('asks nothing when it is aborted from the start', async () => {
    const { thrown, calls } = await watched({
      signal: AbortSignal.abort(new Error('too late')),
      ask: async (question) => right(question),
    });
    expect(thrown).toMatchObject({ message: 'too late' });
    expect(calls).toBe(0);
  });
});

describe('a platform that limits the rate', () => {
  test('is asked more slowly after a burst of refusals, then faster again', async () => {
    let refused = 0;
    const { predictions, waits, levels, thrown } = await watched({
      questions: questions(120),
      concurrency: 8,
      batchSize: 50,
      ask: async (question) => {
        if (refused < 8) {
          refused += 1;
          throw failure('rate_limited', 'yes', 700);
        }
        return right(question);
      },
    });
    expect(thrown).toBeUndefined();
    expect(predictions).toHaveLength(120);
    expect(predictions.every(({ passed }) => passed)).toBe(true);
    // One burst halves once, however many of it are refused.
    expect(waits).toEqual(new Array(8).fill(700));
    expect(Math.max(...levels.slice(8, 12))).toBe(4);
    expect(Math.max(...levels.slice(80))).toBe(8);
  });

  test('with room for two at a time gets every answer', async () => {
    let underWay = 0;
    const { predictions, thrown } = await watched({
      questions: questions(60),
      concurrency: 16,
      ask: async (question) => {
        underWay += 1;
        try {
          if (underWay > 2) throw failure('rate_limited', 'yes');
          await setImmediate();
          return right(question);
        } finally {
          underWay -= 1;
        }
      },
    });
    expect(thrown).toBeUndefined();
    expect(predictions.map(({ index }) => index)).toEqual(range(0, 60));
  });

  test('begins no call while it waits, not even when a second refusal makes the wait longer', async () => {
    let sleeping = 0;
    const answeredInSleep: number[] = [];
    const refused = new Set<number>();
    const { predictions } = await watched({
      sleep: async (ms) => {
        sleeping += 1;
        for (let turn = 0; turn < ms; turn++) await setImmediate();
        sleeping -= 1;
      },
      ask: async (question) => {
        // Refused in the same burst: the second while the first is being waited for.
        if (question.index < 2 && !refused.has(question.index)) {
          refused.add(question.index);
          throw failure('rate_limited', 'yes', question.index === 0 ? 10 : 40);
        }
        return right(question);
      },
      grader: {
        ...grader,
        grade: (item, sample, grading) => {
          if (sleeping > 0) answeredInSleep.push(Number(item.reference.split(' ')[1]));
          return grader.grade(item, sample, grading);
        },
      },
    });
    expect(refused.size).toBe(2);
    expect(predictions).toHaveLength(23);
    // Those that were under way when the first refusal came may end.
    expect(answeredInSleep.filter((index) => index > 3)).toEqual([]);
  });

  test('for ever is waited for ever longer, then left to the caller', async () => {
    const { waits, thrown } = await watched({
      concurrency: 1,
      ask: async () => {
        throw failure('rate_limited', 'yes');
      },
    });
    expect(thrown).toMatchObject({ code: 'rate_limited', retry: 'yes', advice: 'wait' });
    expect((thrown as TunewrightError).retryAfterMs).toBeGreaterThan(20_000);
    for (const [round, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(250 * 2 ** round);
      expect(wait).toBeLessThanOrEqual(500 * 2 ** round);
    }
    expect(waits.length).toBeGreaterThanOrEqual(6);
    expect(waits.length).toBeLessThanOrEqual(7);
  });

  test('for ever is left to the caller even when it always promises to be back soon', async () => {
    const { waits, thrown } = await watched({
      concurrency: 1,
      ask: async () => {
        throw failure('rate_limited', 'yes', 10);
      },
    });
    expect(waits.slice(0, 5)).toEqual([10, 10, 10, 10, expect.any(Number)]);
    expect(waits[4]).toBeGreaterThanOrEqual(4000);
    expect(thrown).toMatchObject({ code: 'rate_limited' });
  });

  test('does not stop a cancel while it waits', async () => {
    const cancel = new AbortController();
    const { thrown } = await watched({
      signal: cancel.signal,
      sleep: (_, signal) => {
        setTimeout(() => cancel.abort(new Error('enough')));
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      ask: async () => {
        throw failure('rate_limited', 'yes', 5000);
      },
    });
    expect(thrown).toMatchObject({ message: 'enough' });
  });
});

describe('a question that fails', () => {
  test.each([
    ['refused', 'never'],
    ['too_large', 'never'],
    ['bad_answer', 'unsure'],
  ] as const)('with %s (retry: %s) counts as not passed and the others go on', async (code, retry) => {
    const { predictions, thrown } = await watched({
      ask: async (question) => {
        if (question.index === 6) throw failure(code, retry);
        return right(question);
      },
    });
    expect(thrown).toBeUndefined();
    expect(predictions).toHaveLength(23);
    expect(predictions[6]).toEqual({
      index: 6,
      reference: 'answer 6',
      passed: false,
      error: { code, message: `${code} happened` },
      inputTokens: 0,
      outputTokens: 0,
    });
  });

  test.each(['platform_unavailable', 'platform_unreachable', 'answer_lost', 'bad_answer'] as const)(
    'three times with %s is asked a fourth time',
    async (code) => {
      let tries = 0;
      const { predictions, waits, thrown } = await watched({
        ask: async (question) => {
          if (question.index === 6 && ++tries < 4) throw failure(code, 'unsure', 30);
          return right(question);
        },
      });
      expect(thrown).toBeUndefined();
      expect(predictions[6]).toMatchObject({ output: 'answer 6', passed: true });
      expect(waits).toEqual([30, 30, 30]);
    },
  );

  test.each(['platform_unavailable', 'platform_unreachable', 'answer_lost'] as const)(
    'each time with %s is thrown after four tries',
    async (code) => {
      let tries = 0;
      const { predictions, thrown } = await watched({
        ask: async (question) => {
          if (question.index !== 6) return right(question);
          tries += 1;
          throw failure(code, 'unsure');
        },
      });
      expect(thrown).toMatchObject({ code, retry: 'unsure' });
      expect(tries).toBe(4);
      expect(predictions.map(({ index }) => index)).toEqual(range(0, 6));
    },
  );

  test.each(['wrong_key', 'model_not_found', 'quota_exhausted', 'forbidden'] as const)(
    'with %s stops everything at once',
    async (code) => {
      const { waits, calls, thrown } = await watched({
        ask: async (question) => {
          if (question.index === 6) throw failure(code, 'never');
          return right(question);
        },
      });
      expect(thrown).toMatchObject({ code, retry: 'never' });
      expect(waits).toEqual([]);
      expect(calls).toBeLessThan(16);
    },
  );

  test('in grading for a reason that is not about one example stops everything', async () => {
    const refusing: Grader = {
      ...grader,
      grade: () => {
        throw failure('grader_not_allowed', 'never');
      },
    };
    const { thrown, predictions } = await watched({ grader: refusing, ask: async (question) => right(question) });
    expect(thrown).toMatchObject({ code: 'grader_not_allowed' });
    expect(predictions).toEqual([]);
  });
});
