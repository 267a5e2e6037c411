import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { type ReadExample, readExamples } from './examples/examples.ts';
import { type Example, formats } from './examples/formats.ts';
import { referenceOf } from './examples/reference.ts';
import { splitLines } from './reading/lines.ts';

/** A held-out example as a question to a model and what graders see of it. */
export interface HeldOutQuestion {
  /** From 0, in the order of the file. */
  readonly index: number;
  /** All but the final answer. */
  readonly messages: readonly unknown[];
  /** The final answer as it stands in the data set. */
  readonly answer: unknown;
  readonly tools?: readonly unknown[];
  /** The fields of the line, and the answer hoped for. */
  readonly item: { readonly reference: string; readonly [field: string]: unknown };
}

/**
 * Reads held-out examples as a stream; of a pair the preferred answer is hoped for. Throws `invalid_data` at a line that is
 * no example.
 */
export async function* readQuestions(
  bytes: AsyncIterable<Uint8Array>,
  method: Method,
): AsyncGenerator<HeldOutQuestion> {
  for await (const { question } of readQuestionLines(bytes, method)) yield question;
}

/** The same, each with its line as it is written, and which of the file that is, from 1. */
export async function* readQuestionLines(
  bytes: AsyncIterable<Uint8Array>,
  method: Method,
): AsyncGenerator<{ question: HeldOutQuestion; line: number; text: string }> {
  let index = 0;
  for await (const list of readExamples(splitLines(bytes), formats[method])) {
    for (const read of list) {
      const example = checked(read);
      if (!example || !read.line) continue;
      const { prompt, reference } = referenceOf(example.chat);
      const { tools } = example.chat;
      const answer = example.chat.messages.at(-1);
      const { reference: own } = example.chat as { reference?: unknown };
      // Where no answer ends the example, a field of that name is what is hoped for.
      const item = { ...example.chat, reference: reference === '' && typeof own === 'string' ? own : reference };
      const { number, text } = read.line;
      yield {
        question: { index, messages: prompt, answer, ...(tools ? { tools } : {}), item },
        line: number,
        text,
      };
      index += 1;
    }
  }
}

function checked({ example, problems }: ReadExample): Example | undefined {
  const error = problems.find(({ severity }) => severity === 'error');
  if (!error) return example;
  throw new TunewrightError(
    'invalid_data',
    `A held-out example cannot be asked: line ${error.line}: ${error.message}`,
    {
      advice: 'Mend the line and start the run again.',
    },
  );
}
