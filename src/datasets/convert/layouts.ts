import type { Method } from '../../contract/config.ts';
import { instructs } from '../examples/roles.ts';
import { type Finding, warningAt } from '../problem.ts';
import { isBlank } from '../reading/blank.ts';
import { canonicalJson, isRecord, type JsonRecord } from '../reading/json.ts';
import { heldAt, leftOut, optionalTextAt, refused, textAt } from './fault.ts';
import { listOf, offeredIn } from './lists.ts';
import type { Template } from './template.ts';
import { type Message, messagesOf } from './turns.ts';

/** What comes of a row: a line of the file that is made, and what is worth knowing of it. */
export interface Converted {
  example: JsonRecord;
  warning?: Finding;
}

/** How the rows of a file are meant. `convert` throws `RowFault`. */
export interface Layout {
  name: string;
  kind: Method;
  /** Columns without which no row can be converted. */
  needs: readonly string[];
  convert(row: JsonRecord, system: string | undefined): Converted;
}

/** A question and an answer, from any columns. */
export function columnsLayout(user: Template, assistant: Template): Layout {
  return {
    name: 'columns',
    kind: 'supervised',
    needs: [...user.columns, ...assistant.columns],
    convert: (row, system) => supervised([asked(user.fill(row)), answered(assistant.fill(row))], system),
  };
}

const alpaca: Layout = {
  name: 'alpaca',
  kind: 'supervised',
  needs: ['instruction', 'output'],
  convert(row, system) {
    const messages = [...instructed(row), answered(textAt(row, 'output'))];
    return supervised(messages, system);
  },
};

const promptCompletion: Layout = {
  name: 'prompt-completion',
  kind: 'supervised',
  needs: ['prompt', 'completion'],
  convert(row, system) {
    // Completions began with a space for the sake of models that are gone.
    const completion = textAt(row, 'completion').replace(/^ /, '');
    return supervised([asked(textAt(row, 'prompt')), answered(completion)], system);
  },
};

const sharegpt: Layout = {
  name: 'sharegpt',
  kind: 'supervised',
  needs: ['conversations'],
  convert(row, system) {
    const turns = messagesOf(heldAt(row, 'conversations') ?? [], 'conversations', 'user');
    const end = turns.findLastIndex(({ role }) => role === 'assistant') + 1;
    if (end === 0) throw leftOut('empty_answer', 'The assistant says nothing.');
    const converted = supervised([...ownSystem(row), ...turns.slice(0, end)], system);
    if (end === turns.length) return converted;
    const message = 'What follows the last answer is left out: nothing is learnt from it.';
    return { ...converted, warning: warningAt('', 'turns_left_out', message) };
  },
};

const preference: Layout = {
  name: 'preference',
  kind: 'dpo',
  needs: ['chosen', 'rejected'],
  convert(row, system) {
    const [preferred, other] = (['chosen', 'rejected'] as const).map((column) => pairSide(row, column));
    if (!preferred || !other) throw new TypeError('a pair has two sides');
    if (canonicalJson(preferred.before) !== canonicalJson(other.before)) {
      throw refused(
        'different_prompts',
        'Before their last turn, "chosen" and "rejected" are not the same conversation.',
      );
    }
    if (preferred.answer.content === other.answer.content) {
      throw leftOut('identical_pair', 'The preferred answer and the other are the same.');
    }
    const before = preferred.before.length > 0 ? preferred.before : promptOf(row);
    const example = {
      input: { messages: withSystem(before, system) },
      preferred_output: [preferred.answer],
      non_preferred_output: [other.answer],
    };
    return { example };
  },
};

const chat: Layout = {
  name: 'chat',
  kind: 'supervised',
  needs: ['messages'],
  convert(row, system) {
    const messages = listOf(heldAt(row, 'messages'));
    if (messages === null) throw leftOut('empty_answer', 'Nobody says anything.');
    if (!messages) throw refused('missing_messages_list', 'There is no list of messages.');
    // Tables and many programs write null for what an example has not.
    const said = Object.entries({ ...row, ...offeredIn(row) }).filter(([, value]) => value !== null);
    return { example: { ...Object.fromEntries(said), messages: withSystem(messages, system) } };
  },
};

/**
 * Layouts with columns of fixed names, by the name of their preset; the first that fits is taken. Pairs come first: their
 * better answer often stands by itself too.
 */
export const presets = { preference, chat, sharegpt, alpaca, 'prompt-completion': promptCompletion } as const;
export type Preset = keyof typeof presets;

function pairSide(row: JsonRecord, column: string): { before: Message[]; answer: Message } {
  const messages = messagesOf(heldAt(row, column) ?? '', column, 'assistant');
  const answer = messages.at(-1);
  if (answer?.role === 'assistant') return { before: messages.slice(0, -1), answer };
  throw refused('last_message_not_assistant', `The last turn of "${column}" is not the assistant's.`);
}

function promptOf(row: JsonRecord): Message[] {
  if (Object.hasOwn(row, 'conversations')) {
    return [...ownSystem(row), ...messagesOf(row.conversations ?? '', 'conversations', 'user')];
  }
  if (Object.hasOwn(row, 'instruction')) return instructed(row);
  const column = ['prompt', 'question'].find((name) => Object.hasOwn(row, name)) ?? 'prompt';
  return [
    ...ownSystem(row),
    ...messagesOf(Array.isArray(row[column]) ? row[column] : textAt(row, column), column, 'user'),
  ];
}

function instructed(row: JsonRecord): Message[] {
  const input = optionalTextAt(row, 'input');
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

function ownSystem(row: JsonRecord): Message[] {
  const content = optionalTextAt(row, 'system');
  return isBlank(content) ? [] : [{ role: 'system', content }];
}

function asked(content: string): Message {
  if (isBlank(content)) throw leftOut('empty_question', 'What is asked is empty.');
  return { role: 'user', content };
}

function answered(content: string): Message {
  if (isBlank(content)) throw leftOut('empty_answer', 'The answer is empty.');
  return { role: 'assistant', content };
}

function supervised(messages: readonly Message[], system: string | undefined): Converted {
  return { example: { messages: withSystem(messages, system) } };
}

/** A row's own system message stays. */
function withSystem(messages: readonly unknown[], system: string | undefined): unknown[] {
  const [first] = messages;
  if (system === undefined || (isRecord(first) && instructs(first))) return [...messages];
  return [{ role: 'system', content: system }, ...messages];
}
