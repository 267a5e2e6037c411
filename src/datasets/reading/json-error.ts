/** A number or a word; strings are read by hand, they may be long. */
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const space = /[ \t\r\n]*/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next; in `key or end` and `value or end` a container has just been opened. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end';

/** Index of the first character at which `text` can no longer become JSON; its length when it only ends too early. */
export function jsonErrorAt(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = matchEnd(space, text, at) ?? at;
    const char = text[at];
    if (expected === 'comma or end' && open.length === 0) return at;
    if (char === undefined) return at;
    const closes = open.at(-1) === '{' ? '}' : ']';
    if (char === closes && expected.endsWith('or end')) {
      open.pop();
      expected = 'comma or end';
      at += 1;
    } else if (expected === 'comma or end' || expected === 'colon') {
      if (char !== (expected === 'colon' ? ':' : ',')) return at;
      expected = expected === 'colon' || closes === ']' ? 'value' : 'key';
      at += 1;
    } else if (char === '"') {
      const string = readString(text, at);
      if (!string.complete) return string.end;
      expected = expected.startsWith('key') ? 'colon' : 'comma or end';
      at = string.end;
    } else if (expected.startsWith('key')) {
      return at;
    } else if (char === '{' || char === '[') {
      open.push(char);
      expected = char === '{' ? 'key or end' : 'value or end';
      at += 1;
    } else {
      const end = matchEnd(scalar, text, at);
      if (end === undefined) return at;
      expected = 'comma or end';
      at = end;
    }
  }
}

/** From the opening quote to behind the closing one, or to the character that does not belong there. */
function readString(text: string, start: number): { end: number; complete: boolean } {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { end: at + 1, complete: true };
    if (code < 0x20) break;
    const end = code === 0x5c ? matchEnd(escapeSequence, text, at) : at + 1;
    if (end === undefined) break;
    at = end;
  }
  return { end: at, complete: false };
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
