import { type ByteCounter, byteCounter } from './bpe/counter.ts';
import { type Encoding, usualEncoding } from './bpe/vocabulary.ts';
import type { Example } from './examples/formats.ts';
import { instructs } from './examples/roles.ts';
import { isRecord } from './reading/json.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';

export { type Encoding, usualEncoding };

/** Per message, per name and per example: the markers that the chat format puts around the text (OpenAI's guide). */
const markers = { message: 3, name: 1, example: 3 };
/** Instructions and definitions come again and again, what people ask and are answered hardly ever. */
const mostRemembered = 100;
/** Of all of them together. */
const mostLetters = 1 << 20;

export interface ExampleTokens {
  /** What training on the example once is billed for; images are not counted. */
  tokens: number;
  /** Of these, what the assistant says. */
  assistantTokens: number;
  /** Of these, the answer at the end; of a pair both. */
  finalTokens: number;
  /** Of what the model reads at once: a pair is two conversations. */
  longest: number;
}

export interface TokenCounter {
  /** Tokens of a text; special tokens in it are text like any other. */
  text(text: string): number;
  example(example: Example): ExampleTokens;
  /** Whether a text of the example that was counted last may be worth a closer look. */
  readonly hinted: boolean;
}

/** Counts the tokens of texts exactly; what tools and names add is an estimate by OpenAI's guide. */
export function tokenCounter(encoding: Encoding): TokenCounter {
  const texts = byteCounter(encoding);
  const instructions = remembering(texts);
  const definitions = remembering(texts);
  const roles = remembering(texts);
  let hinted = false;

  function counted(by: ByteCounter, text: string): number {
    const tokens = by.count(text);
    hinted ||= by.hinted;
    return tokens;
  }

  function said(message: ChatMessage): number {
    if (!isPlain(message)) return textsOf(message).reduce((sum, one) => sum + counted(texts, one), 0);
    return counted(instructs(message) ? instructions : texts, message.content);
  }

  function conversation({ messages, tools, functions }: ChatExample): Omit<ExampleTokens, 'longest'> {
    let tokens = markers.example;
    if (tools !== undefined) tokens += counted(definitions, JSON.stringify(tools));
    if (functions !== undefined) tokens += counted(definitions, JSON.stringify(functions));
    let assistantTokens = 0;
    let finalTokens = 0;
    for (const message of messages) {
      const own = said(message);
      finalTokens = message.role === 'assistant' ? own : 0;
      assistantTokens += finalTokens;
      const name = message.name === undefined ? 0 : markers.name + counted(texts, message.name);
      tokens += markers.message + roles.count(message.role) + own + name;
    }
    return { tokens, assistantTokens, finalTokens };
  }

  const counter = {
    text: texts.count,
    hinted: false,
    example({ chat, rejected }: Example): ExampleTokens {
      hinted = false;
      const preferred = conversation(chat);
      const other = rejected && conversation({ ...chat, messages: [...chat.messages.slice(0, -1), rejected] });
      counter.hinted = hinted;
      if (!other) return { ...preferred, longest: preferred.tokens };
      return {
        tokens: preferred.tokens + other.tokens,
        assistantTokens: preferred.assistantTokens + other.assistantTokens,
        finalTokens: preferred.finalTokens + other.finalTokens,
        longest: Math.max(preferred.tokens, other.tokens),
      };
    },
  };
  return counter;
}

/** Counts texts that come again and again. The last one is compared: that takes less time than its hash does. */
export function remembering(texts: ByteCounter): ByteCounter {
  const remembered = new Map<string, Counted>();
  let letters = 0;
  let last: Counted = { text: '', tokens: 0, hinted: false };
  const keep = (known: Counted): void => {
    const { length } = known.text;
    if (remembered.size >= mostRemembered || letters + length > mostLetters) {
      remembered.clear();
      letters = 0;
    }
    remembered.set(known.text, known);
    letters += length;
  };
  const counter = {
    hinted: false,
    count(text: string): number {
      if (text !== last.text) {
        const known = remembered.get(text);
        const counted = known ?? { text, tokens: texts.count(text), hinted: texts.hinted };
        // Of the longest of all a hundred would be gigabytes.
        if (text.length > mostLetters) {
          counter.hinted = counted.hinted;
          return counted.tokens;
        }
        if (!known) keep(counted);
        last = counted;
      }
      counter.hinted = last.hinted;
      return last.tokens;
    },
  };
  return counter;
}

interface Counted {
  text: string;
  tokens: number;
  hinted: boolean;
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
