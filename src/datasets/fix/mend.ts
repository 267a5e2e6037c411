import type { Method } from '../../contract/config.ts';
import { isRecord, type JsonRecord, parseJson } from '../json.ts';
import { keysOfRole } from '../messages.ts';

/** What was changed at one place of a line. */
export interface Change {
  /** Of the problem that is gone. */
  code: string;
  path: string;
  before: unknown;
  /** Undefined for what was taken away. */
  after?: unknown;
}

/**
 * An example without what platforms refuse and nobody would miss: fields that a message cannot have, `null` where nothing
 * belongs, arguments encoded otherwise than once, empty lists of tools, what follows the last answer. What a model learns
 * stays as it is.
 */
export function mend(example: unknown, method: Method): { value: unknown; changes: Change[] } {
  if (!isRecord(example)) return { value: example, changes: [] };
  const changes: Change[] = [];
  const value = method === 'dpo' ? mendedPair(example, changes) : mendedChat(example, changes);
  return { value, changes };
}

function mendedChat(example: JsonRecord, changes: Change[]): JsonRecord {
  const mended = withoutEmptyTools(example, '', changes);
  const { messages } = mended;
  if (!Array.isArray(messages)) return mended;
  const end = messages.findLastIndex((message) => isRecord(message) && message.role === 'assistant') + 1;
  for (let at = end; end > 0 && at < messages.length; at++) {
    changes.push({ code: 'last_message_not_assistant', path: `messages[${at}]`, before: messages[at] });
  }
  const kept = end > 0 ? messages.slice(0, end) : messages;
  return { ...mended, messages: kept.map((message, at) => mendedMessage(message, `messages[${at}]`, changes)) };
}

function mendedPair(pair: JsonRecord, changes: Change[]): JsonRecord {
  const { input } = pair;
  const list = (messages: unknown, path: string): unknown =>
    Array.isArray(messages)
      ? messages.map((message, at) => mendedMessage(message, `${path}[${at}]`, changes))
      : messages;
  const sides = ['preferred_output', 'non_preferred_output'].filter((side) => Object.hasOwn(pair, side));
  return {
    ...pair,
    ...(isRecord(input)
      ? { input: { ...withoutEmptyTools(input, 'input.', changes), messages: list(input.messages, 'input.messages') } }
      : {}),
    ...Object.fromEntries(sides.map((side) => [side, list(pair[side], side)])),
  };
}

/** No tools are offered by leaving the list away, and then none are called side by side. */
function withoutEmptyTools(example: JsonRecord, path: string, changes: Change[]): JsonRecord {
  const isEmpty = (list: unknown) => list === null || (Array.isArray(list) && list.length === 0);
  const mended = { ...example };
  for (const name of ['tools', 'functions']) {
    if (isEmpty(mended[name])) remove(mended, name, { code: 'invalid_tools', path: `${path}${name}` }, changes);
  }
  const name = 'parallel_tool_calls';
  if (Object.hasOwn(mended, name) && !Object.hasOwn(mended, 'tools')) {
    remove(mended, name, { code: 'invalid_tools', path: `${path}${name}` }, changes);
  }
  return mended;
}

function mendedMessage(message: unknown, path: string, changes: Change[]): unknown {
  const keys = isRecord(message) ? keysOfRole.get(message.role) : undefined;
  if (!isRecord(message) || !keys) return message;
  const mended = { ...message };
  for (const name of Object.keys(message)) {
    const at = `${path}.${name}`;
    if (!keys.includes(name)) {
      const code = name === 'weight' ? 'invalid_weight' : 'message_unrecognized_key';
      remove(mended, name, { code, path: at }, changes);
    } else if (emptyRefused.has(name) && isNothing(message[name])) {
      remove(mended, name, { code: emptyRefused.get(name) as string, path: at }, changes);
    }
  }
  if (Array.isArray(mended.tool_calls)) {
    mended.tool_calls = mended.tool_calls.map((call, at) =>
      mendedCall(call, `${path}.tool_calls[${at}].function`, changes),
    );
  }
  return mended;
}

/** Fields that may be left away and may not be `null` or an empty list, and what they are refused as. */
const emptyRefused: ReadonlyMap<string, string> = new Map([
  ['name', 'invalid_name'],
  ['tool_calls', 'invalid_tool_call'],
  ['weight', 'invalid_weight'],
]);

function isNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function mendedCall(call: unknown, path: string, changes: Change[]): unknown {
  if (!isRecord(call) || !isRecord(call.function)) return call;
  const { arguments: before } = call.function;
  const at = `${path}.arguments`;
  let after: string | undefined;
  if (isRecord(before)) {
    after = JSON.stringify(before);
    changes.push({ code: 'invalid_arguments', path: at, before, after });
  } else {
    after = decodedOnce(before);
    if (after !== undefined) changes.push({ code: 'arguments_encoded_twice', path: at, before, after });
  }
  return after === undefined ? call : { ...call, function: { ...call.function, arguments: after } };
}

/** The text within text, where that is an object's JSON. */
function decodedOnce(text: unknown): string | undefined {
  const outer = typeof text === 'string' ? parseJson(text) : undefined;
  const inner = outer && 'value' in outer && typeof outer.value === 'string' ? outer.value : undefined;
  const parsed = inner === undefined ? undefined : parseJson(inner);
  return parsed && 'value' in parsed && isRecord(parsed.value) ? inner : undefined;
}

function remove(record: JsonRecord, name: string, problem: Omit<Change, 'before'>, changes: Change[]): void {
  changes.push({ ...problem, before: record[name] });
  delete record[name];
}
