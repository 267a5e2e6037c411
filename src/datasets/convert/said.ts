import { instructs } from '../examples/roles.ts';
import { isBlank } from '../reading/blank.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import { leftOut, optionalTextAt, refused, textAt } from './fault.ts';
import type { Message } from './turns.ts';

/** What the columns of Alpaca and Dolly ask: an instruction with its input, behind what was said before. */
export function instructed(row: JsonRecord, inputColumn: 'input' | 'context' = 'input'): Message[] {
  const input = optionalTextAt(row, inputColumn);
  const instruction = textAt(row, 'instruction');
  const history = Array.isArray(row.history) ? row.history : [];
  return [
    ...ownSystem(row),
    ...history.flatMap(exchange),
    asked(isBlank(input) ? instruction : isBlank(instruction) ? input : `${instruction}\n\n${input}`),
  ];
}

/** An earlier question and its answer, as a list of two. */
function exchange(pair: unknown): Message[] {
  const [question, answer, ...more] = Array.isArray(pair) ? pair : [];
  if (typeof question === 'string' && typeof answer === 'string' && more.length === 0) {
    return [asked(question), answered(answer)];
  }
  throw refused('not_turns', 'The column "history" must hold lists of a question and its answer.');
}

/** Of the column `system`. */
export function ownSystem(row: JsonRecord): Message[] {
  const content = optionalTextAt(row, 'system');
  return isBlank(content) ? [] : [{ role: 'system', content }];
}

export function asked(content: string): Message {
  if (isBlank(content)) throw leftOut('empty_question', 'What is asked is empty.');
  return { role: 'user', content };
}

export function answered(content: string): Message {
  if (isBlank(content)) throw leftOut('empty_answer', 'The answer is empty.');
  return { role: 'assistant', content };
}

/** A row's own system message stays. */
export function withSystem(messages: readonly unknown[], system: string | undefined): unknown[] {
  const [first] = messages;
  if (system === undefined || (isRecord(first) && instructs(first))) return [...messages];
  return [{ role: 'system', content: system }, ...messages];
}
