import { jsonErrorAt } from './json-error.ts';

/** No example and no tool's parameters need more; what recurses over the data relies on it. */
const maxDepth = 128;
/** Longer texts are looked at before they are parsed: 16 MiB of brackets would take 1 GB as arrays. */
const harmless = 64 * 1024;

export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `keys` are those of all objects in the value together. */
export type Parsed = { value: unknown; keys: number } | { errorAt: number } | { tooDeep: true };

/** Parses JSON of anybody's making; `errorAt` is the index of the first character that no JSON could have there. */
export function parseJson(text: string): Parsed {
  if (text.length > harmless && isTooDeep(text)) return { tooDeep: true };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message quotes the data, which may be private.
    return isTooDeep(text) ? { tooDeep: true } : { errorAt: jsonErrorAt(text) };
  }
  const keys = keysOf(value);
  return Number.isNaN(keys) ? { tooDeep: true } : { value, keys };
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

function isTooDeep(text: string): boolean {
  if (!hasMore(text, ['{', '['], maxDepth)) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) inString = !inString;
    else if (inString && code === 0x5c) i += 1;
    else if (inString) continue;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
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
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}
