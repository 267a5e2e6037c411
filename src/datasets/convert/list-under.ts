import { parseJson } from '../reading/json.ts';

/** Keys, in quotes, under which files hold their rows. */
const keys: ReadonlySet<string> = new Set(['data', 'rows', 'records', 'examples', 'instances', 'train'].map(quoted));

/**
 * Where in the beginning of a file the list starts that holds its rows, in bytes, and under which key; undefined for
 * one of JSON lines.
 */
export function listUnder(head: Buffer): { at: number; key: string } | undefined {
  // A character for each byte.
  const text = head.toString('latin1');
  if (isLine(text.trimStart())) return undefined;
  let depth = 0;
  let key = '';
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '[' && depth === 1 && keys.has(key)) return { at: index, key: key.slice(1, -1) };
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1) key = token;
    if (depth === 0) return undefined;
  }
  return undefined;
}

/** Whether the first line is an object of its own, with more behind it. */
function isLine(text: string): boolean {
  const end = text.indexOf('\n');
  return end >= 0 && text.slice(end).trim() !== '' && 'value' in parseJson(text.slice(0, end));
}

function quoted(name: string): string {
  return `"${name}"`;
}
