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
 * `no_reference` or `grader_failed`, as the first line that does not, with how many there are; `no_reference` where tool calls
 * are graded and none is hoped for, nor could be made. Answers with warnings.
 */
export async function checkGradable(
  grader: Pick<Grader, 'check' | 'hopesForCall'>,
  method: Method,
  { bytes, part, file, lines, maxExamples = Number.POSITIVE_INFINITY }: Gradable,
): Promise<string[]> {
  let first: { error: TunewrightError; line: number } | undefined;
  let lacking = 0;
  let examples = 0;
  let hoped = 0;
  let offered = 0;
  for await (const { question, line: at } of readQuestionLines(bytes, method)) {
    const { index, item, tools = [] } = question;
    if (index >= maxExamples) break;
    examples += 1;
    try {
      grader.check(item);
      hoped += Number(grader.hopesForCall?.(item) ?? true);
      offered += Number(tools.length > 0);
    } catch (error) {
      if (!(error instanceof TunewrightError) || !ofAnExample.includes(error.code)) throw error;
      lacking += 1;
      const line = lines?.[index] ?? at;
      if (!first || line < first.line) first = { error, line };
    }
  }
  if (!first) return hoped > 0 || examples === 0 ? [] : [uncalled(part, offered > 0)];
  const { error, line } = first;
  throw new TunewrightError(
    error.code,
    `${lacking} of ${examples} ${part} examples cannot be graded; the first is line ${line} of ${file}: ${error.message}`,
    { advice: error.advice, cause: error },
  );
}

/** Where no tool is offered either, every answer of every model has the full score. Throws `no_reference` then. */
function uncalled(part: Gradable['part'], offered: boolean): string {
  const none = `No reference of the ${part} examples calls a tool`;
  const advice = 'Choose another grader, mend its reference, or hold out examples whose answers call tools.';
  if (offered) return `grader: ${none}, so that a model which never does is always right. ${advice} [no_tool_calls]`;
  throw new TunewrightError('no_reference', `${none} and none offers one: graded by calls every answer is right.`, {
    advice,
  });
}
