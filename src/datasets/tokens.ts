import { byteCounter } from './bpe/counter.ts';
import type { Encoding } from './bpe/vocabulary.ts';
import { isRecord } from './json.ts';
import type { ChatExample, ChatMessage } from './shapes.ts';

export type { Encoding };

/** Per message, per name and per example: the markers that the chat format puts around the text (OpenAI's guide). */
const markers = { message: 3, name: 1, example: 3 };
/** System prompts come again and again; only few and short texts are remembered. */
const rememberedTexts = 500;
const rememberedLength = 16_384;

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

/** Counts the tokens of texts exactly; what tools and names add is an estimate by OpenAI's guide. */
export function tokenCounter(encoding: Encoding): TokenCounter {
  const remembered = new Map<string, number>();
  const count = byteCounter(encoding);

  function text(content: string): number {
    const known = remembered.get(content);
    if (known !== undefined) return known;
    const tokens = count(content);
    if (remembered.size >= rememberedTexts) remembered.clear();
    if (content.length <= rememberedLength) remembered.set(content, tokens);
    return tokens;
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
