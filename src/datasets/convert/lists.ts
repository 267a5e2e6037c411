import { isBlank } from '../reading/blank.ts';
import { isRecord, type JsonRecord, parseJson } from '../reading/json.ts';
import { refused } from './fault.ts';
import { parseExactly } from './long-numbers.ts';

/** A list, or one written as JSON text, as tables have it; null where nothing stands, undefined for what is no list. */
export function listOf(value: unknown): unknown[] | null | undefined {
  const read = typeof value === 'string' ? parsedText(value) : value;
  return read === null || Array.isArray(read) ? read : undefined;
}

/** The same of an object. */
export function objectOf(value: unknown): JsonRecord | undefined {
  const read = typeof value === 'string' ? parsedText(value) : value;
  return isRecord(read) ? read : undefined;
}

/**
 * What the row offers to call, null where that is nothing: platforms refuse an empty list, and what says how tools are called
 * without them. Throws `RowFault` for what is no list.
 */
export function offeredIn(row: JsonRecord): JsonRecord {
  const names = ['tools', 'functions'].filter((name) => Object.hasOwn(row, name));
  const found = Object.fromEntries(names.map((name) => [name, offered(row[name], name)]));
  return found.tools === null ? { ...found, parallel_tool_calls: null } : found;
}

function offered(value: unknown, name: string): unknown[] | null {
  const list = listOf(value);
  if (list !== undefined) return list?.length ? list : null;
  throw refused('invalid_tools', `The column "${name}" holds no list of functions, nor one written as JSON text.`);
}

function parsedText(text: string): unknown {
  if (isBlank(text)) return null;
  const parsed = parseJson(text);
  return 'value' in parsed ? parseExactly(text, parsed.value) : undefined;
}
