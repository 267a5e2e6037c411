import { canonicalJson, isRecord, parseJson } from '../reading/json.ts';
import type { ChatExample, ChatMessage } from '../shapes.ts';
import { instructs } from './roles.ts';

/** Sorting the keys of more takes seconds and memory, and nobody writes so much twice in another order. */
const longArguments = 64 * 1024;

/** What of a message says what was answered. */
export interface AnswerMessage {
  readonly content?: string | readonly unknown[] | null | undefined;
  readonly refusal?: string | null | undefined;
  readonly tool_calls?: readonly unknown[] | null | undefined;
  readonly function_call?: unknown;
}

/**
 * What an assistant's message answers, as text: its text, else its refusal, else its calls as canonical JSON
 * `[{"name":…,"arguments":{…}}]`, without their ids. One function for what a data set hopes for and what a model says.
 */
export function assistantText({ content, refusal, tool_calls: calls, function_call: legacy }: AnswerMessage): string {
  const parts = typeof content === 'string' ? [] : (content ?? []).filter(isRecord);
  const text = typeof content === 'string' ? content : joined(parts, 'text');
  if (text !== '') return text;
  const declined = refusal || joined(parts, 'refusal');
  if (declined) return declined;
  const functions = calls?.length ? calls.map((call) => (isRecord(call) ? call.function : undefined)) : [legacy];
  const made = functions.filter(isRecord);
  return made.length > 0 ? `[${made.map(({ name, arguments: args }) => callText(name, args)).join(',')}]` : '';
}

/** All that is answered, to tell answers apart: {@link assistantText}, and calls that stand beside a text. */
export function wholeAnswer({ content, refusal, tool_calls, function_call }: AnswerMessage): string {
  const text = assistantText({ content, refusal });
  if (!tool_calls && !function_call) return text;
  const calls = assistantText({ tool_calls, function_call });
  return text === '' || calls === text ? calls : `${text}\n${calls}`;
}

function joined(parts: readonly Record<string, unknown>[], field: 'text' | 'refusal'): string {
  return parts.map((part) => (typeof part[field] === 'string' ? part[field] : '')).join('');
}

/** A model may write arguments that are no JSON; they are then compared as the text they are, as very long ones are. */
function callText(name: unknown, args: unknown): string {
  const text = typeof args === 'string' ? args : JSON.stringify(args ?? null);
  const parsed = text.length > longArguments ? undefined : parseJson(text);
  const value = parsed && 'value' in parsed ? parsed.value : args;
  return `{"name":${JSON.stringify(name ?? null)},"arguments":${canonicalJson(value)}}`;
}

export interface Reference {
  /** What the model is asked: all but the final answer. */
  prompt: readonly ChatMessage[];
  /** What it should answer. */
  reference: string;
}

/** Takes an example that has been checked apart; one that does not end with an answer is asked as a whole. */
export function referenceOf({ messages }: ChatExample): Reference {
  const answer = messages.at(-1);
  if (answer?.role !== 'assistant') return { prompt: messages, reference: '' };
  return { prompt: messages.slice(0, -1), reference: assistantText(answer) };
}

/** What a prompt asks in words, apart from its instructions. */
export function questionOf(prompt: readonly ChatMessage[]): string {
  return prompt
    .filter((message) => !instructs(message))
    .map(assistantText)
    .join('\n');
}
