import { maxRecordBytes } from './row.ts';

/** A record by RFC 4180; `line` is where it begins. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Why the rest of a text cannot be told apart into records, and the line in which that began. */
export interface CsvFault {
  line: number;
  fault: 'open quote' | 'text after quote';
}

/**
 * The records of CSV by RFC 4180, a list for each piece of text, whose cuts may be anywhere; a fault is the last of all.
 * Line ends are CRLF or LF. A quote within a field that does not begin with one stands for itself. A blank line is a record
 * of one empty field.
 */
export async function* parseCsv(
  pieces: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<(CsvRecord | CsvFault)[]> {
  const parser = csvParser(delimiter);
  let rest = '';
  for await (const piece of pieces) {
    const text = rest + piece;
    const { found, end } = parser(text, false);
    if (found.length > 0) yield found;
    if (faulty(found)) return;
    rest = text.slice(end);
  }
  const { found } = parser(rest, true);
  if (found.length > 0) yield found;
}

type Parser = (text: string, last: boolean) => { found: (CsvRecord | CsvFault)[]; end: number };

/** Cuts the whole records off the front of a text, and says where they end; with `last` nothing follows it. */
function csvParser(delimiter: string): Parser {
  let line = 1;
  return (text, last) => {
    const found: (CsvRecord | CsvFault)[] = [];
    let at = 0;
    // Where the next ones are; looked for anew only once they are passed, as a text may hold none.
    let lineEnd = -1;
    let cut = -1;
    while (at < text.length) {
      const fields: string[] = [];
      let inside = 0;
      let next = at;
      for (let open = true; open; ) {
        if (text[next] === '"') {
          const close = closingQuote(text, next + 1);
          if (close < 0) {
            const endless = last || text.length - at > maxRecordBytes;
            return { found: endless ? [...found, { line: line + inside, fault: 'open quote' }] : found, end: at };
          }
          const value = text.slice(next + 1, close);
          inside += countLineFeeds(value);
          fields.push(value.includes('"') ? value.replaceAll('""', '"') : value);
          next = close + 1;
          if (text[next] === '\r' && (text[next + 1] === '\n' || next + 1 === text.length)) next += 1;
          // What follows may be the second of two quotes, or a line feed.
          if (next >= text.length && !last) return { found, end: at };
          open = text[next] === delimiter;
          if (!open && next < text.length && text[next] !== '\n') {
            return { found: [...found, { line: line + inside, fault: 'text after quote' }], end: at };
          }
        } else {
          if (lineEnd < next) lineEnd = text.indexOf('\n', next);
          if (lineEnd < 0) {
            if (!last) return { found, end: at };
            lineEnd = text.length;
          }
          if (cut < next) cut = indexOrEnd(text, delimiter, next);
          open = cut < lineEnd;
          const end = open ? cut : lineEnd;
          fields.push(text.slice(next, !open && end > next && text[end - 1] === '\r' ? end - 1 : end));
          next = end;
        }
        next += 1;
      }
      found.push({ line, fields });
      line += inside + 1;
      at = next;
    }
    return { found, end: at };
  };
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}

/** The quote that ends a field, past those that are doubled; -1 where there is none. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function faulty(found: readonly (CsvRecord | CsvFault)[]): boolean {
  const last = found.at(-1);
  return last !== undefined && 'fault' in last;
}
