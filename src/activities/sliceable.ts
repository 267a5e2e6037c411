import type { Method, RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { readQuestions, sliceOf, unnamedSlice } from '../datasets/index.ts';

/**
 * Whether each field by which results are to be told apart stands in one of the examples that will be asked. Throws
 * `field_missing`: all examples would be one slice, by which nothing can be seen to have become worse.
 */
export async function checkSliceable(
  { slices, maxExamples = Number.POSITIVE_INFINITY }: Pick<RunConfig['evaluation'], 'slices' | 'maxExamples'>,
  bytes: () => AsyncIterable<Uint8Array>,
  method: Method,
): Promise<void> {
  const missing = new Set(slices);
  if (missing.size === 0) return;
  for await (const { index, item } of readQuestions(bytes(), method)) {
    if (index >= maxExamples) break;
    for (const field of missing) if (sliceOf(item, field) !== unnamedSlice) missing.delete(field);
    if (missing.size === 0) return;
  }
  const names = [...missing].join(', ');
  throw new TunewrightError('field_missing', `No held-out example has a text, number or truth value under ${names}.`, {
    advice: 'Mend evaluation.slices, or add the field to the held-out examples.',
  });
}
