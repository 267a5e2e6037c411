import type { Method } from '../../contract/config.ts';
import { checkMessage } from '../examples/messages.ts';
import { offersNothing } from '../examples/pairs.ts';
import { keysOfRole, meantRole } from '../examples/roles.ts';
import { isRecord, type JsonRecord, parseJson } from '../reading/json.ts';

/** What was changed at one place of a line. */
export interface Change {
  /** Of the problem that is gone. */
  code: string;
  path: string;
  before: unknown;
  /** Undefined for what was taken away. */
  after?: unknown;
}

/** Errors that may be gone then. */
export const mendable: ReadonlySet<string> = new Set([
  'arguments_encoded_twice',
  'invalid_arguments',
  'invalid_name',
  'invalid_tool_call',
  'invalid_tools',
  'invalid_weight',
  'last_message_not_assistant',
  'message_unrecognized_key',
  'unrecognized_role',
]);

/**
 * An example without what platforms refuse and nobody would miss: fields that a message cannot have, `null` where nothing
 * belongs, arguments encoded otherwise than once, empty lists of tools, what follows the last answer, other names of roles.
 * What a model learns stays as it is.
 */
export function mend(example: unknown, method: Method): { value: unknown; changes: Change[] } {
  if (!isRecord(example)) return { value: example, changes: [] };
  const changes: Change[] = [];
  const value = method === 'dpo' ? mendedPair(example, changes) : mendedChat(example, method, changes);
  return { value, changes };
}

function mendedChat(example: JsonRecord, method: Method, changes: Change[]): JsonRecord {
  const mended = withMessages(withoutEmptyTools(example, '', changes), changes);
  if (!Array.isArray(mended.messages)) return mended;
  const messages = withRoles(mended.messages, 'messages', changes);
  // By reinforcement the model answers what stands last.
  const kept = method === 'reinforcement' ? messages : messages.slice(0, endOf(messages));
  for (let at = kept.length; at < messages.length; at++) {
    changes.push({ code: 'last_message_not_assistant', path: `messages[${at}]`, before: messages[at] });
  }
  return { ...mended, messages: kept.map((message, at) => mendedMessage(message, `messages[${at}]`, changes)) };
}

/**
 * Behind the last answer; behind everything where there is none, where nobody asked before it, and where what follows may
 * be an answer under a wrong role.
 */
function endOf(messages: readonly unknown[]): number {
  const roles = messages.map((message) => (isRecord(message) ? message.role : undefined));
  const end = roles.lastIndexOf('assistant') + 1;
  const asked = roles.slice(0, end).includes('user');
  return asked && roles.slice(end).every((role) => keysOfRole.has(role)) ? end : messages.length;
}

function mendedPair(pair: JsonRecord, changes: Change[]): JsonRecord {
  const { input } = pair;
  const list = (messages: unknown, path: string): unknown =>
    Array.isArray(messages)
      ? withRoles(messages, path, changes).map((message, at) => mendedMessage(message, `${path}[${at}]`, changes))
      : messages;
  const sides = ['preferred_output', 'non_preferred_output'].filter((side) => Object.hasOwn(pair, side));
  return {
    ...pair,
    ...(isRecord(input)
      ? {
          input: {
            ...(offersNothing(input) ? input : withoutEmptyTools(input, 'input.', changes)),
            messages: list(input.messages, 'input.messages'),
          },
        }
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

/** Names of fields are in small letters. */
function withMessages(example: JsonRecord, changes: Change[]): JsonRecord {
  const [other, ...others] = Object.keys(example).filter((key) => key.toLowerCase() === 'messages');
  if (other === undefined || other === 'messages' || others.length > 0) return example;
  changes.push({ code: 'missing_messages_list', path: other, before: other, after: 'messages' });
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key === other ? 'messages' : key, value]));
}

/** Roles in capitals, and those by which other layouts call them, as they are called here. */
function withRoles(messages: readonly unknown[], path: string, changes: Change[]): unknown[] {
  return messages.map((message, at) => {
    const role = isRecord(message) && !keysOfRole.has(message.role) ? meantRole(message.role) : undefined;
    if (!isRecord(message) || role === undefined) return message;
    changes.push({ code: 'unrecognized_role', path: `${path}[${at}].role`, before: message.role, after: role });
    return { ...message, role };
  });
}

function mendedMessage(message: unknown, path: string, changes: Change[]): unknown {
  const keys = isRecord(message) ? keysOfRole.get(message.role) : undefined;
  if (!isRecord(message) || !keys) return message;
  const mended = { ...message };
  for (const name of Object.keys(message)) {
    const at = `${path}.${name}`;
    if (name === 'weight' && !keys.includes(name)) {
      remove(mended, name, { code: 'invalid_weight', path: at }, changes);
    } else if (!keys.includes(name)) {
      if (!mayBeMeant(message, name)) remove(mended, name, { code: 'message_unrecognized_key', path: at }, changes);
    } else if (emptyRefused.has(name) && isNothing(message[name])) {
      remove(mended, name, { code: emptyRefused.get(name) as string, path: at }, changes);
    }
  }
  if (mended.role !== 'assistant') return mended;
  if (Array.isArray(mended.tool_calls)) {
    mended.tool_calls = mended.tool_calls.map((call, at) =>
      isRecord(call) && isRecord(call.function)
        ? { ...call, function: mendedCall(call.function, `${path}.tool_calls[${at}].function`, changes) }
        : call,
    );
  }
  if (isRecord(mended.function_call)) {
    mended.function_call = mendedCall(mended.function_call, `${path}.function_call`, changes);
  }
  return mended;
}

/** Whether a field says what the message lacks, or shows that its role is the mistake. */
function mayBeMeant(message: JsonRecord, name: string): boolean {
  if (isNothing(message[name])) return false;
  if ([...keysOfRole.values()].some((keys) => keys.includes(name))) return true;
  return checkMessage(message, '').some(({ code }) => lacks.has(code));
}

const lacks: ReadonlySet<string> = new Set(['message_missing_key', 'missing_content', 'empty_answer']);

/** Fields that may be left away and may not be `null` or an empty list, and what they are refused as. */
const emptyRefused: ReadonlyMap<string, string> = new Map([
  ['name', 'invalid_name'],
  ['tool_calls', 'invalid_tool_call'],
  ['weight', 'invalid_weight'],
]);

function isNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function mendedCall(call: JsonRecord, path: string, changes: Change[]): JsonRecord {
  const { arguments: before } = call;
  const at = `${path}.arguments`;
  let after: string | undefined;
  if (isRecord(before)) {
    after = JSON.stringify(before);
    changes.push({ code: 'invalid_arguments', path: at, before, after });
  } else {
    after = decodedOnce(before);
    if (after !== undefined) changes.push({ code: 'arguments_encoded_twice', path: at, before, after });
  }
  return after === undefined ? call : { ...call, arguments: after };
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
