import { get_encoding, type Tiktoken } from 'tiktoken';
import { isRecord } from './values.ts';

export type Encoding = 'o200k_base' | 'cl100k_base';

/** Tokens of one example; `answers` are those of its assistant messages, which are learnt. */
export interface ExampleTokens {
  all: number;
  answers: number;
}

const perMessage = 3;
const perName = 1;
const perExample = 3;
/** Texts that come again and again, such as a system prompt, are counted once. */
const rememberedTexts = 1_000;
const worthRemembering = 64;

const encoders = new Map<Encoding, Tiktoken>();

/**
 * Counts tokens exactly by tiktoken, with the overhead that OpenAI's cookbook documents: 3 a message, 1 a name, 3 an
 * example. What tools, calls and images cost is not documented: calls are counted as their JSON, images not at all.
 */
export function tokenCounter(encoding: Encoding): (example: unknown) => ExampleTokens {
  const encoder = encoders.get(encoding) ?? get_encoding(encoding);
  encoders.set(encoding, encoder);
  const remembered = new Map<string, number>();

  const count = (text: string): number => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const tokens = encoder.encode_ordinary(text).length;
    if (text.length >= worthRemembering && remembered.size < rememberedTexts) remembered.set(text, tokens);
    return tokens;
  };

  return (example) => {
    const total = { all: perExample, answers: 0 };
    const messages = isRecord(example) && Array.isArray(example.messages) ? example.messages : [];
    for (const message of messages.filter(isRecord)) {
      const content = textsOf(message).reduce((sum, text) => sum + count(text), 0);
      total.all += perMessage + content + count(String(message.role ?? ''));
      if (typeof message.name === 'string') total.all += count(message.name) + perName;
      if (message.role === 'assistant') total.answers += content;
    }
    return total;
  };
}

function textsOf(message: Record<string, unknown>): string[] {
  const { content, tool_calls: calls, function_call: call, refusal } = message;
  const parts = Array.isArray(content) ? content.filter(isRecord).map((part) => part.text ?? part.refusal) : [content];
  const made = [calls, call]
    .filter((value) => value !== undefined && value !== null)
    .map((value) => JSON.stringify(value));
  return [...parts, refusal, ...made].filter((text) => typeof text === 'string');
}
