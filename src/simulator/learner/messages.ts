import { addTextFeatures, wholeTextFeature } from './features.ts';
import type { ChatMessage } from './types.ts';

const QUESTION = 0;
const TURN_BEFORE = 1;
const SYSTEM = 2;

/** The text of a message; parts that are not text are passed over, a missing content is the empty text. */
export function textOf(message: ChatMessage): string {
  const content = message.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.flatMap((part) => (typeof part?.text === 'string' ? [part.text] : [])).join('\n');
}

/** Whether a message instructs the model rather than taking part in the conversation. */
export function isSystem(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function canonicalArguments(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

/** A call's `id` is drawn afresh for each example, so that it would make every completion a class of its own. */
function canonicalCall(call: unknown): unknown {
  if (typeof call !== 'object' || call === null) return call;
  const { id: _id, ...rest } = call as { id?: unknown; function?: { arguments?: unknown } };
  if (typeof rest.function !== 'object' || rest.function === null) return rest;
  return { ...rest, function: { ...rest.function, arguments: canonicalArguments(rest.function.arguments) } };
}

/**
 * What the model is to answer: the text of an assistant message or, when it calls tools,
 * `{"tool_calls":[...]}` with keys sorted and call ids left out.
 */
export function completionOf(message: ChatMessage): string {
  if (!Array.isArray(message.tool_calls) || message.tool_calls.length === 0) return textOf(message);
  return JSON.stringify({ tool_calls: message.tool_calls.map((call) => sorted(canonicalCall(call))) });
}

/**
 * The distinct feature ids of a prompt: the last turn, the turn before it, and the system prompt taken as a whole
 * (which, being the same in most examples, is the bias).
 */
export function promptFeatures(messages: readonly ChatMessage[]): Uint16Array {
  const ids = new Set<number>();
  const turns = messages.filter((message) => !isSystem(message));
  const question = turns.at(-1);
  const before = turns.at(-2);
  ids.add(wholeTextFeature(messages.filter(isSystem).map(textOf).join('\n'), SYSTEM));
  if (question) addTextFeatures(textOf(question), QUESTION, ids);
  if (before) addTextFeatures(textOf(before), TURN_BEFORE, ids);
  return Uint16Array.from(ids);
}
