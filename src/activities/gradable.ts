import type { Method, RunConfig } from '../contract/config.ts';
import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import { readQuestionLines } from '../datasets/index.ts';
import type { Grader } from '../evaluation/index.ts';

const ofAnExample: readonly ErrorCode[] = ['field_missing', 'no_reference', 'grader_failed'];

/** Examples that will be graded, and where a person finds them. */
export interface Gradable {
  bytes: AsyncIterable<Uint8Array>;
  part: 'held-out' | 'training' | 'validation';
  /** The file that they come from, as its owner calls it. */
  file: string;
  /** Which line of that file each is, where they are not the file itself. */
  lines?: readonly number[];
  maxExamples?: RunConfig['evaluation']['maxExamples'];
}

/**
 * Whether every example of a part that will be asked has what the grader needs of it. Throws `field_missing`,
 * `no_reference` or `grader_failed`, as the first line that does not, with how many there are.
 */
export async function checkGradable(
  grader: Pick<Grader, 'check'>,
  method: Method,
  { bytes, part, file, lines, maxExamples = Number.POSITIVE_INFINITY }: Gradable,
): Promise<void> {
  let first: { error: TunewrightError; line: number } | undefined;
  let lacking = 0;
  let examples = 0;
  for await (const { question, line: at } of readQuestionLines(bytes, method)) {
    const { index, item } = question;
    if (index >= maxExamples) break;
    examples += 1;
    try {
      grader.check(item);
    } catch (error) {
      if (!(error instanceof TunewrightError) || !ofAnExample.includes(error.code)) throw error;
      lacking += 1;
      const line = lines?.[index] ?? at;
      if (!first || line < first.line) first = { error, line };
    }
  }
  if (!first) return;
  const { error, line } = first;
  throw new TunewrightError(
    error.code,
    `${lacking} of ${examples} ${part} examples cannot be graded; the first is line ${line} of ${file}: ${error.message}`,
    { advice: error.advice, cause: error },
  );
}
