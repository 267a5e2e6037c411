import { linesOf } from './lines.ts';
import { isRecord } from './values.ts';

/** One held-out example as it is asked and graded. */
export interface HeldOutQuestion {
  /** Position in the held-out file, from 0. */
  index: number;
  /** All but the last assistant message. */
  messages: readonly unknown[];
  tools?: readonly unknown[];
  /** The example's own fields and the wanted answer. */
  item: { reference: string; [field: string]: unknown };
}

/** What an assistant message says: its text, else its refusal, else its calls in a form that ignores their ids. */
export function assistantText(message: unknown): string {
  if (!isRecord(message)) return '';
  const { content, refusal, tool_calls: calls, function_call: call } = message;
  if (typeof content === 'string' && content !== '') return content;
  if (Array.isArray(content)) {
    const texts = content.filter(isRecord).map((part) => part.text ?? part.refusal ?? '');
    if (texts.some((text) => text !== '')) return texts.join('');
  }
  if (typeof refusal === 'string' && refusal !== '') return refusal;
  const made = Array.isArray(calls) ? calls.filter(isRecord).map((one) => one.function) : call ? [call] : [];
  return made.length > 0 ? JSON.stringify(made.map(canonicalCall)) : '';
}

/** An example cut into what is asked and what is wanted. */
export function questionOf(example: Record<string, unknown>, index: number): HeldOutQuestion {
  const messages = Array.isArray(example.messages) ? example.messages : [];
  const last = messages.findLastIndex((message) => isRecord(message) && message.role === 'assistant');
  return {
    index,
    messages: messages.slice(0, Math.max(0, last)),
    ...(Array.isArray(example.tools) ? { tools: example.tools } : {}),
    item: { ...example, reference: assistantText(messages[last]) },
  };
}

/** The questions of a held-out file that {@link splitDataset} has written. */
export async function* readQuestions(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<HeldOutQuestion> {
  const decoder = new TextDecoder();
  let index = 0;
  for await (const lines of linesOf(bytes)) {
    for (const line of lines) {
      yield questionOf(JSON.parse(decoder.decode(line.bytes)) as Record<string, unknown>, index);
      index += 1;
    }
  }
}

function canonicalCall(call: unknown): unknown {
  if (!isRecord(call)) return call;
  const { name, arguments: text } = call;
  try {
    return { name, arguments: sorted(JSON.parse(String(text))) };
  } catch {
    return { name, arguments: text };
  }
}

/** The order of keys says nothing in JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
