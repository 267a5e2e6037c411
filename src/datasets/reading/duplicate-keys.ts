import { shown } from '../problem.ts';

const quote = 0x22;
const backslash = 0x5c;

/** An object or list that the scan is within. */
interface Open {
  path: string;
  /** Seen so far; absent for a list. */
  keys?: Set<string>;
  /** Of the item of a list. */
  index: number;
}

/**
 * The path of the first key that an object of the line has twice: `messages[1].content`. `text` is JSON and `keys` how many
 * the value has that was parsed from it. Counts first, which is quick, and looks closely only where the counts differ.
 */
export function duplicateKeyOf(text: string, keys: number): string | undefined {
  return marks(text) === keys ? undefined : scan(text);
}

/** A quote and a colon behind it: a key, save in texts that begin with a colon, or hold one behind a quote. */
function marks(text: string): number {
  let count = 0;
  // One letter is looked for at the speed of memory, two are not.
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (isSpace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === quote && !isEscaped(text, before)) count += 1;
  }
  return count;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charCodeAt(start - 1) === backslash) start -= 1;
  return (at - start) % 2 === 1;
}

/** White space of JSON. */
function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function scan(text: string): string | undefined {
  const open: Open[] = [];
  let expectsKey = false;
  let key = '';
  for (let at = 0; at < text.length; at++) {
    const inner = open.at(-1);
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (expectsKey && inner?.keys) {
        key = JSON.parse(text.slice(at, end)) as string;
        if (inner.keys.has(key)) return below(inner, key);
        inner.keys.add(key);
        expectsKey = false;
      }
      at = end - 1;
    } else if (char === '{' || char === '[') {
      const path = inner ? below(inner, key) : '';
      open.push({ path, index: 0, ...(char === '{' ? { keys: new Set() } : {}) });
      expectsKey = char === '{';
    } else if (char === '}' || char === ']') {
      open.pop();
      expectsKey = false;
    } else if (char === ',' && inner) {
      inner.index += 1;
      expectsKey = inner.keys !== undefined;
    }
  }
  return undefined;
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function below({ path, keys, index }: Open, key: string): string {
  if (!keys) return `${path}[${index}]`;
  const name = /^\w{1,40}$/.test(key) ? key : shown(key);
  return path === '' ? name : `${path}.${name}`;
}
