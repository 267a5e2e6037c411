import { TunewrightError } from '../contract/errors.ts';
import type { JudgeUse } from './graders/index.ts';

/** One model's graded answer to one held-out example. */
export interface Prediction {
  /** Position of the example in the held-out file, from 0. */
  index: number;
  /** The example before it that asks and answers the same: counted is that one alone. */
  repeats?: number;
  reference: string;
  /** Absent when there was no answer: then `error` says why. */
  output?: string;
  passed: boolean;
  /** In the grader's range; absent where it is 1 or 0, as `passed` says, and where there is none. */
  score?: number;
  /** Why the grader said so; it may quote the answer. */
  reason?: string;
  error?: { code: string; message: string };
  /** The example's values of the fields by which results are told apart. */
  slices?: Record<string, string>;
  /** Set when the answer could not be graded: then there is no score. */
  grading?: { code: string; message: string };
  inputTokens: number;
  outputTokens: number;
  latencyMs?: number;
  /** Set when an earlier evaluation has asked this, and paid for it. */
  cached?: true;
  /** Set when it was asked by batch, which costs less. */
  batched?: true;
  /** What judges have used. */
  judge?: JudgeUse;
}

/** The score of a prediction, undefined where there is none; without an answer it is 0. */
export function scoreOf({ passed, score, grading }: Prediction): number | undefined {
  return grading ? undefined : (score ?? Number(passed));
}

/** A stream of anything, already here or still to come. */
export type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** Predictions as JSON lines, each ended by a line feed. */
export function encodePredictions(predictions: readonly Prediction[]): string {
  return predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join('');
}

/**
 * Reads what {@link encodePredictions} wrote, from UTF-8 bytes cut anywhere. Throws `evaluation_incomplete` naming the
 * line that is torn or is no prediction.
 */
export async function* decodePredictions(bytes: Stream<Uint8Array>): AsyncGenerator<Prediction> {
  let line = 0;
  for await (const text of lines(bytes)) {
    line += 1;
    yield decode(text, line);
  }
}

async function* lines(bytes: Stream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of bytes) {
    const complete = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = complete.pop() ?? '';
    yield* complete;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

function decode(text: string, line: number): Prediction {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isPrediction(value)) return value;
  throw new TunewrightError('evaluation_incomplete', `Line ${line} of the predictions is torn or is no prediction.`, {
    advice: 'The file was altered or cut off; evaluate the model again.',
  });
}

function isPrediction(value: unknown): value is Prediction {
  if (typeof value !== 'object' || value === null) return false;
  const { index, reference, output, passed, score, error, grading, inputTokens, outputTokens } = value as Record<
    string,
    unknown
  >;
  return (
    [index, inputTokens, outputTokens].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    typeof reference === 'string' &&
    typeof passed === 'boolean' &&
    (score === undefined || typeof score === 'number') &&
    (grading === undefined || isError(grading)) &&
    (typeof output === 'string' || isError(error))
  );
}

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}
