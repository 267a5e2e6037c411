import { get_encoding, type Tiktoken } from 'tiktoken';
import { isRecord } from './json.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';

export type Encoding = 'o200k_base' | 'cl100k_base';

/** Per message, per name and per example: the markers that the chat format puts around the text (OpenAI's guide). */
const markers = { message: 3, name: 1, example: 3 };
/** Longer texts are encoded in pieces: the encoder's time grows with the square of a long unbroken word. */
const pieceLength = 1000;
/** System prompts come again and again; only few and short texts are remembered. */
const rememberedTexts = 500;
const rememberedLength = 16_384;

/** Loading takes 0.4 s and 50 MB, so each encoder is made when first needed and then kept. */
const encoders = new Map<Encoding, Tiktoken>();

function encoderFor(encoding: Encoding): Tiktoken {
  const encoder = encoders.get(encoding) ?? get_encoding(encoding);
  encoders.set(encoding, encoder);
  return encoder;
}

export interface ExampleTokens {
  /** What training on the example once is billed for; images are not counted. */
  tokens: number;
  /** Of these, what the assistant says. */
  assistantTokens: number;
}

export interface TokenCounter {
  /** Tokens of a text; special tokens in it are text like any other. */
  text(text: string): number;
  example(example: ChatExample): ExampleTokens;
}

/** Counts tokens exactly, but for texts with over 1,000 characters and no space: these may be counted a few too high. */
export function tokenCounter(encoding: Encoding): TokenCounter {
  const remembered = new Map<string, number>();

  function text(content: string): number {
    const known = remembered.get(content);
    if (known !== undefined) return known;
    const encoder = encoderFor(encoding);
    let count = 0;
    for (const piece of pieces(content)) count += encoder.encode_ordinary(piece).length;
    if (remembered.size >= rememberedTexts) remembered.clear();
    if (content.length <= rememberedLength) remembered.set(content, count);
    return count;
  }

  const all = (texts: readonly string[]): number => texts.reduce((sum, one) => sum + text(one), 0);

  return {
    text,
    example({ messages, tools, functions }) {
      const definitions = [tools, functions].filter((list) => list !== undefined).map((list) => JSON.stringify(list));
      let tokens = markers.example + all(definitions);
      let assistantTokens = 0;
      for (const message of messages) {
        const said = all(textsOf(message));
        if (message.role === 'assistant') assistantTokens += said;
        const name = message.name === undefined ? 0 : markers.name + text(message.name);
        tokens += markers.message + text(message.role) + said + name;
      }
      return { tokens, assistantTokens };
    },
  };
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

/** Cuts only in front of a space that follows something else, where the encoder cuts too; elsewhere if it must. */
function* pieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > pieceLength) {
    const end = cutBefore(text, start, start + pieceLength);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

function cutBefore(text: string, start: number, limit: number): number {
  let space = text.lastIndexOf(' ', limit);
  while (space > start && /\s/.test(text.charAt(space - 1))) space = text.lastIndexOf(' ', space - 1);
  if (space > start) return space;
  const inPair = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1));
  return inPair ? limit - 1 : limit;
}
