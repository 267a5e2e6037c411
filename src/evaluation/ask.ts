import { setTimeout } from 'node:timers/promises';
import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import { createBatches } from './batches.ts';
import type { Grader } from './graders.ts';
import type { Prediction, Stream } from './prediction.ts';
import type { EvaluationItem } from './templates.ts';
import { createThrottle } from './throttle.ts';
import { backoffMs, type Sleep, tryAgainAfter } from './waiting.ts';

/** One held-out example; what else a caller needs to ask it (messages, tools) stands beside these fields. */
export interface Question {
  /** Position in the held-out file, from 0. */
  readonly index: number;
  readonly item: EvaluationItem;
  /** Its values of the fields by which results are told apart. */
  readonly slices?: Record<string, string> | undefined;
}

/** A model's answer. */
export interface Answer {
  text: string;
  inputTokens: number;
  outputTokens: number;
}

export interface AskAllOptions<Q extends Question> {
  /** In the order of their indexes, without gaps. */
  questions: Stream<Q>;
  /** Questions with a smaller index are passed over: an earlier call has answered them. */
  startAt?: number;
  ask(question: Q, signal: AbortSignal): Promise<Answer>;
  grade: Grader;
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

/** Tries of one question when the platform is out of order; refusals for haste are counted by the throttle alone. */
const triesPerQuestion = 4;
/** Terminal failures that are about one example and say nothing of the others. */
const codesOfOneExample: readonly ErrorCode[] = ['refused', 'too_large'];

/**
 * Asks a model every question, as many at once as the platform takes, and grades the answers.
 *
 * A question that the platform refuses, or answers unreadably each time, counts as a prediction with an `error`.
 * Anything else that cannot be waited out within `maxWaitMs` and a few tries is thrown, with `retryAfterMs` where the
 * wait is known. Before an error is thrown, what was answered up to the first gap is handed over as a last batch: the
 * next call goes on at the index after it and no answer before it is paid again. Once `signal` is aborted its reason is
 * thrown and nothing is handed over; where `ending` came before, what was answered by then still is.
 */
export async function askAll<Q extends Question>(options: AskAllOptions<Q>): Promise<void> {
  const { questions, startAt = 0, ask, grade, concurrency, batchSize, signal, ending } = options;
  const { maxWaitMs = 20_000, sleep = sleepFor } = options;
  const stopAsking = new AbortController();
  const giveUp = new AbortController();
  const cancel = () => {
    stopAsking.abort(signal?.reason);
    giveUp.abort(signal?.reason);
  };
  const throttle = createThrottle({ concurrency, maxWaitMs, sleep, signal: stopAsking.signal });
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
    for (let tries = 1; ; tries++) {
      try {
        const answer = await throttle(() => ask(question, giveUp.signal));
        return graded(question, answer, grade);
      } catch (error) {
        if (!(error instanceof TunewrightError)) throw error;
        if (error.retry === 'never' && codesOfOneExample.includes(error.code)) return failed(question, error);
        if (error.retry === 'never' || error.code === 'rate_limited') throw error;
        if (tries === triesPerQuestion && error.code === 'bad_answer') return failed(question, error);
        if (tries === triesPerQuestion) throw error;
        const waitMs = error.retryAfterMs ?? backoffMs(tries);
        if (waitMs > maxWaitMs) throw tryAgainAfter(error, waitMs);
        await sleep(waitMs, stopAsking.signal);
      }
    }
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

function graded({ index, item, slices }: Question, answer: Answer, grade: Grader): Prediction {
  const { text, inputTokens, outputTokens } = answer;
  const { passed } = grade(item, { output_text: text });
  const tokens = { inputTokens, outputTokens };
  return { index, reference: item.reference, output: text, passed, ...(slices ? { slices } : {}), ...tokens };
}

function failed({ index, item, slices }: Question, { code, message }: TunewrightError): Prediction {
  const nothing = { passed: false, error: { code, message }, inputTokens: 0, outputTokens: 0 };
  return { index, reference: item.reference, ...(slices ? { slices } : {}), ...nothing };
}
