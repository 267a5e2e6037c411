/** Where a value stands in a body, its quotes included; in bytes, the second one left out. */
export interface Span {
  from: number;
  to: number;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * The string values that a JSON object has under these names, not those of objects within it; of a repeated name the
 * last one, as parsers do. The body is read once and never parsed: of one that is not valid, what was found till then.
 */
export function stringFields(body: Buffer, names: readonly string[]): Map<string, Span> {
  const found = new Map<string, Span>();
  let depth = 0;
  /** The name whose value is to come. */
  let name: string | undefined;
  let isName = false;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case quote: {
        const to = endOfString(body, at);
        if (depth === 1 && isName) {
          name = textOf(body, { from: at, to });
          if (name !== undefined) found.delete(name);
        } else if (depth === 1 && name !== undefined && names.includes(name)) found.set(name, { from: at, to });
        at = to - 1;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        isName = depth === 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
        isName = depth === 1;
        break;
      case 0x3a: // :
        isName = false;
        break;
    }
  }
  return found;
}

/** Behind the closing quote; the end of the body when there is none. */
function endOfString(body: Buffer, from: number): number {
  for (let at = body.indexOf(quote, from + 1); at !== -1; at = body.indexOf(quote, at + 1)) {
    let escapes = 0;
    while (body[at - 1 - escapes] === backslash) escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return body.length;
}

/** Undefined for what is no valid string. */
export function textOf(body: Buffer, span: Span | undefined): string | undefined {
  if (!span) return undefined;
  try {
    return JSON.parse(body.toString('utf8', span.from, span.to)) as string;
  } catch {
    return undefined;
  }
}

/** The body with another text there; all other bytes stay as they are. */
export function replaced(body: Buffer, { from, to }: Span, text: string): Buffer {
  return Buffer.concat([body.subarray(0, from), Buffer.from(JSON.stringify(text)), body.subarray(to)]);
}
