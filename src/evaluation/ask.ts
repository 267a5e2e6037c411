import { setTimeout } from 'node:timers/promises';
import { TunewrightError } from '../contract/errors.ts';
import type { Answer } from './answer.ts';
import { createBatches } from './batches.ts';
import type { Grader } from './graders/index.ts';
import { graded, isOfOneExample, unanswered } from './grading.ts';
import { createJudging } from './judging.ts';
import { createPatience } from './patience.ts';
import type { Prediction, Stream } from './prediction.ts';
import type { Question } from './question.ts';
import type { Sleep } from './waiting.ts';

export interface AskAllOptions<Q extends Question> {
  /** In the order of their indexes, without gaps. */
  questions: Stream<Q>;
  /** Questions with a smaller index are passed over: an earlier call has answered them. */
  startAt?: number;
  ask(question: Q, signal: AbortSignal): Promise<Answer>;
  /** What the model has answered earlier; undefined when it has to be asked. */
  known?(question: Q): Promise<Answer | undefined>;
  grader: Grader;
  /** Questions under way at once, at most. */
  concurrency: number;
  batchSize: number;
  /** Told of every batch in order, one at a time: consecutive indexes, `batchSize` of them or, at the end, fewer. */
  onBatch(predictions: Prediction[]): Promise<void>;
  signal?: AbortSignal | undefined;
  /** When aborted nothing more is asked: answers under way are waited for and handed over, then its reason is thrown. */
  ending?: AbortSignal | undefined;
  /** Longer waits are left to the caller. */
  maxWaitMs?: number;
  sleep?: Sleep;
}

const sleepFor: Sleep = (ms, signal) => setTimeout(ms, undefined, { signal });

/**
 * Asks a model every question, as many at once as the platform takes, and grades the answers.
 *
 * A question that the platform refuses, or answers unreadably each time, counts as a prediction with an `error`; an
 * answer that cannot be graded, with `grading`. Calls that the grader makes are as patient as the questions. Anything else that cannot be waited out within `maxWaitMs` and a few tries is thrown, with `retryAfterMs` where the
 * wait is known. Before an error is thrown, what was answered up to the first gap is handed over as a last batch: the
 * next call goes on at the index after it and no answer before it is paid again. Once `signal` is aborted its reason is
 * thrown and nothing is handed over; where `ending` came before, what was answered by then still is.
 */
export async function askAll<Q extends Question>(options: AskAllOptions<Q>): Promise<void> {
  const { questions, startAt = 0, ask, grader, concurrency, batchSize, signal, ending } = options;
  const { maxWaitMs = 20_000, sleep = sleepFor } = options;
  const stopAsking = new AbortController();
  const giveUp = new AbortController();
  const cancel = () => {
    stopAsking.abort(signal?.reason);
    giveUp.abort(signal?.reason);
  };
  const bounds = { concurrency, maxWaitMs, sleep, signal: stopAsking.signal };
  const asking = createPatience(bounds);
  // Answers in hand are paid, so they are judged also when nothing more is asked.
  const judging = createJudging({ ...bounds, signal: giveUp.signal });
  const batches = createBatches(startAt, batchSize, async (predictions) => {
    if (!ending?.aborted) signal?.throwIfAborted();
    await options.onBatch(predictions);
  });
  const source = questionsFrom(questions, startAt);
  let failure: { cause: unknown } | undefined;

  /** The first failure counts: others are its consequences. */
  function fail(cause: unknown): void {
    if (stopAsking.signal.aborted) return;
    failure = { cause };
    stopAsking.abort(cause);
    // Where a wait helps, the answers still under way are good and already paid.
    const passing = cause instanceof TunewrightError && cause.retry !== 'never';
    if (!passing) giveUp.abort(cause);
  }
  const end = () => fail(ending?.reason);

  async function predict(question: Q): Promise<Prediction> {
    let answer: Answer;
    try {
      const known = await options.known?.(question);
      answer =
        known ??
        (await asking(async (tell) => {
          const { limits, ...asked } = await timed(() => ask(question, giveUp.signal));
          tell(limits, asked.inputTokens + asked.outputTokens);
          return asked;
        }));
    } catch (error) {
      if (!(error instanceof TunewrightError) || !isOfOneExample(error)) throw error;
      return unanswered(question, error, grader.least);
    }
    return await graded(question, answer, grader, judging);
  }

  async function work(): Promise<void> {
    try {
      while (!stopAsking.signal.aborted) {
        const { value: question, done } = await source.next();
        if (done) return;
        await batches.add(await predict(question));
      }
    } catch (error) {
      fail(error);
    }
  }

  signal?.throwIfAborted();
  ending?.throwIfAborted();
  signal?.addEventListener('abort', cancel, { once: true });
  ending?.addEventListener('abort', end, { once: true });
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
    if (!ending?.aborted) signal?.throwIfAborted();
    const flushed = batches.flush();
    await (failure ? flushed.catch(() => {}) : flushed);
  } finally {
    signal?.removeEventListener('abort', cancel);
    ending?.removeEventListener('abort', end);
    await source.return(undefined);
  }
  if (failure) throw failure.cause;
}

/** A generator answers calls of `next` in their order, which not every stream does. */
async function* questionsFrom<Q extends Question>(questions: Stream<Q>, startAt: number): AsyncGenerator<Q, undefined> {
  let index = startAt;
  for await (const question of questions) {
    if (question.index < startAt) continue;
    if (question.index !== index) {
      throw new TunewrightError('internal', `Question ${index} was due and question ${question.index} came.`, {
        advice: 'Number the held-out examples from 0 without gaps.',
      });
    }
    index += 1;
    yield question;
  }
  return undefined;
}

async function timed(ask: () => Promise<Answer>): Promise<Answer> {
  const begun = performance.now();
  const answer = await ask();
  return { latencyMs: performance.now() - begun, ...answer };
}
