import { isBlank } from '../reading/blank.ts';
import { type JsonRecord, parseJson } from '../reading/json.ts';
import { refused } from './fault.ts';
import { parseExactly } from './long-numbers.ts';

/** A list, or one written as JSON text, as tables have it; null where nothing stands, undefined for what is no list. */
export function listOf(value: unknown): unknown[] | null | undefined {
  const read = typeof value === 'string' ? parsedText(value) : value;
  return read === null || Array.isArray(read) ? read : undefined;
}

/** What the row offers to call. Throws `RowFault` for what is no list. */
export function offeredIn(row: JsonRecord): JsonRecord {
  const names = ['tools', 'functions'].filter((name) => Object.hasOwn(row, name));
  return Object.fromEntries(names.map((name) => [name, offered(row[name], name)]));
}

function offered(value: unknown, name: string): unknown[] | null {
  const list = listOf(value);
  if (list !== undefined) return list;
  throw refused('invalid_tools', `The column "${name}" holds no list of functions, nor one written as JSON text.`);
}

function parsedText(text: string): unknown {
  if (isBlank(text)) return null;
  const parsed = parseJson(text);
  return 'value' in parsed ? parseExactly(text, parsed.value) : undefined;
}
