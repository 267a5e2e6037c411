import { byteCounter } from './bpe/counter.ts';
import { type Encoding, usualEncoding } from './bpe/vocabulary.ts';
import type { Example } from './formats.ts';
import { isRecord } from './json.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';

export { type Encoding, usualEncoding };

/** Per message, per name and per example: the markers that the chat format puts around the text (OpenAI's guide). */
const markers = { message: 3, name: 1, example: 3 };
/** Instructions and definitions come again and again, what people ask and are answered hardly ever. */
const mostRemembered = 100;

export interface ExampleTokens {
  /** What training on the example once is billed for; images are not counted. */
  tokens: number;
  /** Of these, what the assistant says. */
  assistantTokens: number;
  /** Of what the model reads at once: a pair is two conversations. */
  longest: number;
}

export interface TokenCounter {
  /** Tokens of a text; special tokens in it are text like any other. */
  text(text: string): number;
  example(example: Example): ExampleTokens;
}

/** Counts the tokens of texts exactly; what tools and names add is an estimate by OpenAI's guide. */
export function tokenCounter(encoding: Encoding): TokenCounter {
  const text = byteCounter(encoding);
  const instructions = remembering(text);
  const definitions = remembering(text);
  const roles = remembering(text);

  function said(message: ChatMessage): number {
    if (!isPlain(message)) return textsOf(message).reduce((sum, one) => sum + text(one), 0);
    const { role, content } = message;
    return role === 'system' || role === 'developer' ? instructions(content) : text(content);
  }

  function conversation({ messages, tools, functions }: ChatExample): Omit<ExampleTokens, 'longest'> {
    let tokens = markers.example;
    if (tools !== undefined) tokens += definitions(JSON.stringify(tools));
    if (functions !== undefined) tokens += definitions(JSON.stringify(functions));
    let assistantTokens = 0;
    for (const message of messages) {
      const own = said(message);
      if (message.role === 'assistant') assistantTokens += own;
      const name = message.name === undefined ? 0 : markers.name + text(message.name);
      tokens += markers.message + roles(message.role) + own + name;
    }
    return { tokens, assistantTokens };
  }

  return {
    text,
    example({ chat, rejected }) {
      const preferred = conversation(chat);
      if (!rejected) return { ...preferred, longest: preferred.tokens };
      const other = conversation({ ...chat, messages: [...chat.messages.slice(0, -1), rejected] });
      return {
        tokens: preferred.tokens + other.tokens,
        assistantTokens: preferred.assistantTokens + other.assistantTokens,
        longest: Math.max(preferred.tokens, other.tokens),
      };
    },
  };
}

/** Counts texts that come again and again. The last one is compared: that takes less time than its hash does. */
export function remembering(count: (text: string) => number): (text: string) => number {
  const remembered = new Map<string, number>();
  let last = '';
  let lastTokens = 0;
  return (text) => {
    if (text === last) return lastTokens;
    last = text;
    const known = remembered.get(text);
    lastTokens = known ?? count(text);
    if (known !== undefined) return known;
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(text, lastTokens);
    return lastTokens;
  };
}

/** Nothing but text: most messages. */
function isPlain(message: ChatMessage): message is ChatMessage & { content: string } {
  const { content, refusal, tool_calls, function_call } = message;
  return typeof content === 'string' && !refusal && !tool_calls && !function_call;
}

function textsOf({ content, refusal, tool_calls: calls, function_call: legacy }: ChatMessage): string[] {
  const parts = (typeof content === 'string' ? [{ text: content }] : (content ?? [])).filter(isRecord);
  const functions = [...(calls ?? []).map((call) => (isRecord(call) ? call.function : undefined)), legacy].filter(
    isRecord,
  );
  const texts = [
    ...parts.flatMap((part) => [part.text, part.refusal]),
    refusal,
    ...functions.flatMap((call) => [call.name, call.arguments]),
  ];
  return texts.filter((one) => typeof one === 'string');
}
