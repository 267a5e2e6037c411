import { warningAt } from '../problem.ts';
import type { JsonRecord } from '../reading/json.ts';
import { heldAt, leftOut, refused, textAt } from './fault.ts';
import type { Converted, Layout } from './layout.ts';
import { listOf, offeredIn } from './lists.ts';
import { pairs, preference } from './preference.ts';
import { answered, asked, instructed, ownSystem, withSystem } from './said.ts';
import type { Template } from './template.ts';
import { isTurns, type Message, messagesOf } from './turns.ts';

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

const dolly: Layout = {
  name: 'dolly',
  kind: 'supervised',
  needs: ['instruction', 'response'],
  convert(row, system) {
    // Others call the context as Alpaca does.
    const context = Object.hasOwn(row, 'context') ? 'context' : 'input';
    return supervised([...instructed(row, context), answered(textAt(row, 'response'))], system);
  },
};

const promptCompletion: Layout = {
  name: 'prompt-completion',
  kind: 'supervised',
  needs: ['prompt', 'completion'],
  convert(row, system) {
    // Files with answers of both kinds, which other methods learn from, say so.
    if (/^false$/i.test(String(row.label))) {
      throw leftOut('unwanted_answer', 'By its column "label" this completion is one that is not wanted.');
    }
    if (isTurns(row.prompt) || isTurns(row.completion)) return supervised(turnsOf(row), system);
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
export const presets = {
  preference,
  pairs,
  chat,
  sharegpt,
  alpaca,
  dolly,
  'prompt-completion': promptCompletion,
} as const;
export type Preset = keyof typeof presets;

/** Both as lists of turns. */
function turnsOf(row: JsonRecord): Message[] {
  const completion = messagesOf(heldAt(row, 'completion') ?? '', 'completion', 'assistant');
  if (completion.at(-1)?.role !== 'assistant') {
    throw refused('last_message_not_assistant', 'The last turn of "completion" is not the assistant\'s.');
  }
  return [...messagesOf(heldAt(row, 'prompt') ?? '', 'prompt', 'user'), ...completion];
}

function supervised(messages: readonly Message[], system: string | undefined): Converted {
  return { example: { messages: withSystem(messages, system) } };
}
