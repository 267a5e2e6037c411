import { canonicalJson, isRecord, type JsonRecord } from '../reading/json.ts';
import { heldAt, leftOut, refused, textAt } from './fault.ts';
import type { Converted, Layout } from './layout.ts';
import { listOf, objectOf } from './lists.ts';
import { answered, asked, instructed, ownSystem, withSystem } from './said.ts';
import type { Template } from './template.ts';
import { type Message, messagesOf } from './turns.ts';

/** Answers in the columns `chosen` and `rejected`, what is asked in one of several. */
export const preference: Layout = {
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
    const before = () =>
      preferred.before.length > 0 ? preferred.before : promptOf(row, [preferred.answer, other.answer]);
    return pairOf(before, preferred.answer, other.answer, system);
  },
};

/** A question and two answers, from any columns. */
export function pairColumns(user: Template, preferred: Template, rejected: Template): Layout {
  return {
    name: 'columns',
    kind: 'dpo',
    needs: [...user.columns, ...preferred.columns, ...rejected.columns],
    convert: (row, system) =>
      pairOf(() => [asked(user.fill(row))], answered(preferred.fill(row)), answered(rejected.fill(row)), system),
  };
}

/** OpenAI's own format, such as in a JSON array or a table. */
export const pairs: Layout = {
  name: 'pairs',
  kind: 'dpo',
  needs: ['input', 'preferred_output', 'non_preferred_output'],
  convert(row, system) {
    const input = objectOf(heldAt(row, 'input'));
    const messages = listOf(input?.messages);
    if (!messages) throw refused('missing_messages_list', 'In "input" there is no list of messages.');
    const [preferred, other] = ['preferred_output', 'non_preferred_output'].map((column) => {
      const list = listOf(heldAt(row, column));
      if (list?.length === 1 && isRecord(list[0])) return list;
      throw refused('not_one_answer', `The column "${column}" must hold a list of one message.`);
    });
    return {
      example: {
        input: { ...input, messages: withSystem(messages, system) },
        preferred_output: preferred,
        non_preferred_output: other,
      },
    };
  },
};

/** `before` is asked only of answers that differ. */
function pairOf(before: () => Message[], preferred: Message, other: Message, system: string | undefined): Converted {
  if (preferred.content === other.content) {
    throw leftOut('identical_pair', 'The preferred answer and the other are the same.');
  }
  const example = {
    input: { messages: withSystem(before(), system) },
    preferred_output: [preferred],
    non_preferred_output: [other],
  };
  return { example };
}

function pairSide(row: JsonRecord, column: string): { before: Message[]; answer: Message } {
  const messages = messagesOf(heldAt(row, column) ?? '', column, 'assistant');
  const answer = messages.at(-1);
  if (answer?.role === 'assistant') return { before: messages.slice(0, -1), answer };
  throw refused('last_message_not_assistant', `The last turn of "${column}" is not the assistant's.`);
}

/** Some repeat one of the answers at the end of what is asked. */
function promptOf(row: JsonRecord, answers: readonly Message[]): Message[] {
  if (Object.hasOwn(row, 'conversations')) {
    return [...ownSystem(row), ...messagesOf(row.conversations ?? '', 'conversations', 'user')];
  }
  if (Object.hasOwn(row, 'instruction')) return instructed(row);
  const column = ['prompt', 'question', 'messages'].find((name) => Object.hasOwn(row, name)) ?? 'prompt';
  const held = Array.isArray(row[column]) ? row[column] : textAt(row, column);
  const messages = [...ownSystem(row), ...messagesOf(held, column, 'user')];
  const last = messages.at(-1);
  const repeated = last?.role === 'assistant' && answers.some(({ content }) => content === last.content);
  return repeated ? messages.slice(0, -1) : messages;
}
