import { grouped } from '../problem.ts';
import { jsonErrorAt } from './json-error.ts';

/** No example and no tool's parameters need more; what recurses over the data relies on it. */
const maxDepth = 128;
/** No example needs more: 16 MiB of them take over 1 GB as lists and objects, and as much again for what is told of them. */
const maxValues = 100_000;
/** Longer texts are looked at before they are parsed. */
const harmless = 64 * 1024;

export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why a text is not parsed, JSON or not. */
export type Beyond = 'too_deep' | 'too_many_values';

/** What is said of it. */
export const beyondWords: Readonly<Record<Beyond, string>> = {
  too_deep: `nested more than ${maxDepth} levels deep`,
  too_many_values: `of more than ${grouped(maxValues)} values`,
};

/** `keys` are those of all objects in the value together. */
export type Parsed = { value: unknown; keys: number } | { errorAt: number } | { beyond: Beyond };

/** Parses JSON of anybody's making; `errorAt` is the index of the first character that no JSON could have there. */
export function parseJson(text: string): Parsed {
  const looked = text.length > harmless;
  const beyond = looked ? beyondOf(text) : undefined;
  if (beyond) return { beyond };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message quotes the data, which may be private.
    const beyond = looked ? undefined : beyondOf(text);
    return beyond ? { beyond } : { errorAt: jsonErrorAt(text) };
  }
  const keys = keysOf(value);
  return Number.isNaN(keys) ? { beyond: 'too_deep' } : { value, keys };
}

/** How many keys the objects in a value have together; NaN where it is too deep. */
export function keysOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === maxDepth) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) count += keysOf(value[at], depth + 1);
  } else {
    for (const key in value) count += 1 + keysOf((value as JsonRecord)[key], depth + 1);
  }
  return count;
}

function beyondOf(text: string): Beyond | undefined {
  // A value takes two characters, that which parts it from the next among them.
  const mayBeMany = text.length > 2 * maxValues && hasMore(text, [',', '{', '['], maxValues);
  if (!mayBeMany && !hasMore(text, ['{', '['], maxDepth)) return undefined;
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) inString = !inString;
    else if (inString && code === 0x5c) i += 1;
    else if (inString) continue;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > maxDepth) return 'too_deep';
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      // What has just been opened is empty.
      const before = text.charCodeAt(i - 1);
      if (before === 0x7b || before === 0x5b) values -= 1;
    } else if (code === 0x2c) values += 1;
    if (values > maxValues) return 'too_many_values';
  }
  return undefined;
}

/** Whether the text holds more than `limit` of these characters, wherever they stand. */
function hasMore(text: string, characters: readonly string[], limit: number): boolean {
  let count = 0;
  for (const character of characters) {
    for (let i = text.indexOf(character); i >= 0; i = text.indexOf(character, i + 1)) {
      count += 1;
      if (count > limit) return true;
    }
  }
  return false;
}

/** JSON that is the same for equal values: keys sorted, no white space. For values that came out of {@link parseJson}. */
export function canonicalJson(value: unknown): string {
  // Concatenated, not joined: that would copy all that is within once for each level above it.
  let within = '';
  if (Array.isArray(value)) {
    for (const item of value) within += (within === '' ? '' : ',') + canonicalJson(item);
    return `[${within}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value);
  for (const key of Object.keys(value).sort()) {
    within += `${within === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value[key])}`;
  }
  return `{${within}}`;
}
