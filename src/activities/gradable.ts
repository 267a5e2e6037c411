import type { Method, RunConfig } from '../contract/config.ts';
import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import { readQuestions } from '../datasets/index.ts';
import type { Grader } from '../evaluation/index.ts';

const ofAnExample: readonly ErrorCode[] = ['field_missing', 'no_reference', 'grader_failed'];

/**
 * Whether every example of a part that will be asked has what the grader needs of it. Throws `field_missing`,
 * `no_reference` or `grader_failed`, as the first that does not, with how many there are.
 */
export async function checkGradable(
  grader: Pick<Grader, 'check'>,
  bytes: AsyncIterable<Uint8Array>,
  method: Method,
  part: 'held-out' | 'training' | 'validation',
  maxExamples: RunConfig['evaluation']['maxExamples'] = Number.POSITIVE_INFINITY,
): Promise<void> {
  let first: { error: TunewrightError; index: number } | undefined;
  let lacking = 0;
  let examples = 0;
  for await (const { index, item } of readQuestions(bytes, method)) {
    if (index >= maxExamples) break;
    examples += 1;
    try {
      grader.check(item);
    } catch (error) {
      if (!(error instanceof TunewrightError) || !ofAnExample.includes(error.code)) throw error;
      lacking += 1;
      first ??= { error, index };
    }
  }
  if (!first) return;
  const { error, index } = first;
  throw new TunewrightError(
    error.code,
    `${lacking} of ${examples} ${part} examples cannot be graded; the first is example ${index}: ${error.message}`,
    { advice: error.advice, cause: error },
  );
}
