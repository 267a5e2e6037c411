import { TunewrightError } from '../contract/errors.ts';
import { checkExample } from './examples/chat.ts';
import { readExamples } from './examples/examples.ts';
import { type Format, formats } from './examples/formats.ts';
import { assistantText, questionOf, referenceOf } from './examples/reference.ts';
import { isRecord } from './reading/json.ts';
import { splitLines } from './reading/lines.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';
import { promptKey } from './split/entries.ts';
import { likenesses, nearGroups } from './split/near.ts';
import { templateCounter } from './split/template.ts';
import { type Encoding, tokenCounter } from './tokens.ts';

/** What a model can be asked, of a line of a data set or of one that has no answer. */
export interface Input {
  messages: readonly ChatMessage[];
  tools?: readonly unknown[];
  /** Equal for inputs that ask the same. */
  key: string;
  /** Of what is asked, and of the answer that the line has. */
  tokens: number;
  answerTokens?: number;
}

/** Stands where a line has no answer: it is checked as any example is. */
const noAnswer: ChatMessage = { role: 'assistant', content: '?' };

/** Lines of the chat format, with the last answer or without. */
const inputFormat: Format = {
  ...formats.supervised,
  check: (value) => checkExample(answered(value)),
  example: (value) => ({ chat: answered(value) as ChatExample }),
};

function answered(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value.messages)) return value;
  const last: unknown = value.messages.at(-1);
  if (isRecord(last) && last.role === 'assistant') return value;
  return { ...value, messages: [...value.messages, noAnswer] };
}

/** Reads what is to be asked; a last answer is dropped. Throws `invalid_data` at a line that is no example. */
export async function* readInputs(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Input> {
  const counter = tokenCounter(encoding);
  for await (const list of readExamples(splitLines(bytes), inputFormat)) {
    for (const { line, example, problems } of list) {
      const error = problems.find(({ severity }) => severity === 'error');
      if (error) throw notAskable(error.line ?? 1, error.message);
      if (!line || !example) continue;
      const { prompt } = referenceOf(example.chat);
      const answer = example.chat.messages.at(-1) as ChatMessage;
      const { tools } = example.chat;
      const answerTokens = answer === noAnswer ? undefined : counter.text(assistantText(answer));
      yield {
        messages: prompt,
        ...(tools?.length ? { tools } : {}),
        key: promptKey(prompt),
        tokens: counter.example({ chat: { ...example.chat, messages: prompt } }).tokens,
        ...(answerTokens === undefined ? {} : { answerTokens }),
      };
    }
  }
}

export interface Apart {
  /** In their order. */
  inputs: Input[];
  /** How many a held-out example asks too, or nearly; and how many were asked before. */
  heldOut: number;
  repeated: number;
}

/** Inputs that no held-out example asks, exactly or nearly, each once. */
export function apartFrom(held: readonly Pick<Input, 'key' | 'messages'>[], inputs: readonly Input[]): Apart {
  const seen = new Set<string>();
  const once = inputs.filter(({ key }) => !seen.has(key) && seen.add(key));
  const asked = new Set(held.map(({ key }) => key));
  const others = once.filter(({ key }) => !asked.has(key));
  const all = [...held, ...others].map(({ messages }) => messages);
  const template = templateCounter();
  for (const messages of all) template.add(questionOf(messages));
  const likenessOf = likenesses([template.result()]);
  const groups = nearGroups(all.map((messages) => likenessOf(messages, '')));
  // A group is called by its first member: a held-out example where there is any.
  const apart = others.filter((_, index) => (groups[held.length + index] as number) >= held.length);
  return { inputs: apart, heldOut: once.length - apart.length, repeated: inputs.length - once.length };
}

function notAskable(line: number, why: string): TunewrightError {
  return new TunewrightError('invalid_data', `What is to be asked cannot be: line ${line}: ${why}`, {
    advice: 'Give JSON lines of {"messages": […]} that end with what a user says, or with an answer, which is dropped.',
  });
}
