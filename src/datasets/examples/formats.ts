import type { Method } from '../../contract/config.ts';
import type { Finding } from '../problem.ts';
import { canonicalJson } from '../reading/json.ts';
import type { ChatExample, ChatMessage, PreferencePair } from '../shapes.ts';
import { checkExample, exampleKeys } from './chat.ts';
import { checkPair, pairKeys } from './pairs.ts';
import { assistantText } from './reference.ts';
import { checkQuestion, questionKeys } from './reinforcement.ts';

/** An example that was checked. */
export interface Example {
  /** What is asked, and last the answer that is learnt, if one is; further fields are the line's. */
  chat: ChatExample;
  /** Of a pair: the answer that is to become less likely. */
  rejected?: ChatMessage;
}

/** How a line is meant. */
export interface Format {
  /** The fields of a line that are its own. */
  keys: readonly string[];
  /** Everything wrong with what a line holds. */
  check(value: unknown): Finding[];
  /** What of a value without errors is asked and learnt. */
  example(value: unknown): Example;
  /** What tells its answer from others: what is said, or what graders compare with. */
  answer(example: Example): string;
  /** Its messages, each with its place in the line. */
  places(example: Example): [path: string, message: ChatMessage][];
}

const lastSaid = ({ chat }: Example): string => assistantText(chat.messages.at(-1) ?? {});

const chatFormat: Format = {
  keys: exampleKeys,
  check: checkExample,
  example: (value) => ({ chat: value as ChatExample }),
  answer: lastSaid,
  places: ({ chat }) => chat.messages.map((message, index) => [`messages[${index}]`, message]),
};

const pairFormat: Format = {
  keys: pairKeys,
  check: checkPair,
  example(value) {
    // What is offered stands in the input; beside it such a name is any field.
    const { tools: _, functions: __, ...pair } = value as PreferencePair;
    const [preferred] = pair.preferred_output;
    const { messages, tools } = pair.input;
    const offered = tools?.length ? { tools } : {};
    return {
      chat: { ...pair, messages: [...messages, preferred], ...offered },
      rejected: pair.non_preferred_output[0],
    };
  },
  answer: lastSaid,
  places({ chat, rejected }) {
    const asked = chat.messages.length - 1;
    const path = (index: number) => (index < asked ? `input.messages[${index}]` : 'preferred_output[0]');
    const places = chat.messages.map((message, index): [string, ChatMessage] => [path(index), message]);
    return rejected ? [...places, ['non_preferred_output[0]', rejected]] : places;
  },
};

const questionFormat: Format = {
  ...chatFormat,
  keys: questionKeys,
  check: checkQuestion,
  answer({ chat }) {
    const beside = Object.keys(chat).filter((key) => !questionKeys.includes(key));
    return canonicalJson(Object.fromEntries(beside.map((key) => [key, chat[key]])));
  },
};

/** What each method learns from. */
export const formats: Readonly<Record<Method, Format>> = {
  supervised: chatFormat,
  dpo: pairFormat,
  reinforcement: questionFormat,
};
