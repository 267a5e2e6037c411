import type { Method } from '../../contract/config.ts';
import { readExamples } from '../examples/examples.ts';
import { type Example, formats } from '../examples/formats.ts';
import { imagesIn } from '../examples/images.ts';
import { questionOf, referenceOf } from '../examples/reference.ts';
import { readLines } from '../reading/source.ts';

/** What an example says, apart from its instructions. */
export interface Said {
  line: number;
  question: string;
  answer: string;
  /** Whether there are images that it is asked of. */
  shows: boolean;
}

/** The questions and answers of a file as a stream; lines that are no examples are passed over. */
export async function* readSaid(path: string, method: Method, signal?: AbortSignal): AsyncGenerator<Iterable<Said>> {
  const format = formats[method];
  for await (const list of readExamples(readLines(path, { signal }), format)) yield saidIn(list, format.answer);
}

function* saidIn(
  list: Iterable<{ line?: { number: number }; example?: Example }>,
  answerOf: (example: Example) => string,
): Generator<Said> {
  for (const { line, example } of list) {
    if (!line || !example) continue;
    const { prompt } = referenceOf(example.chat);
    const shows = imagesIn(prompt.map((message) => ['', message])).length > 0;
    yield { line: line.number, question: questionOf(prompt), answer: answerOf(example), shows };
  }
}

/** No more of a text is shown. */
export const mostLetters = 1000;

/** What some lines say, by line; memory holds these alone. */
export async function saidAt(
  path: string,
  method: Method,
  lines: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<Map<number, Said>> {
  const found = new Map<number, Said>();
  for await (const list of readSaid(path, method, signal)) {
    for (const { line, question, answer, shows } of list) {
      if (!lines.has(line)) continue;
      found.set(line, { line, question: question.slice(0, mostLetters), answer: answer.slice(0, mostLetters), shows });
      if (found.size === lines.size) return found;
    }
  }
  return found;
}
