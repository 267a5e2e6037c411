import { isUtf8 } from 'node:buffer';
import type { Problem } from './problem.ts';

/** A longer line is no training example; it is passed over without being held in memory. */
const maxLineBytes = 16 * 1024 * 1024;
const newline = 10;
const carriageReturn = 13;

/** A line that holds more than white space. */
export interface Line {
  /** From 1. */
  number: number;
  /** Where its bytes are in the file, without byte order mark and line end. */
  offset: number;
  length: number;
  text: string;
}

export type LineOrProblem = { line: Line } | { problem: Problem };

/**
 * Cuts UTF-8 content into lines with bounded memory, a list for each chunk that ends any. Blank lines are left out; a line
 * that cannot be read is a problem in its place; a byte order mark is a warning. UTF-16 is one problem, and the end.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number = maxLineBytes,
): AsyncGenerator<LineOrProblem[]> {
  let number = 1;
  let offset = 0;
  let length = 0;
  let held: Uint8Array[] = [];

  const take = (piece: Uint8Array): void => {
    length += piece.length;
    if (length <= limit) held.push(piece);
    else held = [];
  };
  const addLine = (found: LineOrProblem[]): void => {
    const only = held[0];
    const bytes = held.length === 1 && only ? bufferOf(only) : Buffer.concat(held);
    if (length > limit) found.push({ problem: tooLong(number, length, limit) });
    else readLine(bytes, number, offset, found);
  };

  for await (const chunk of chunks) {
    const found: LineOrProblem[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      addLine(found);
      if (number === 1 && found.some((one) => 'problem' in one && one.problem.code === 'not_utf8_file')) {
        yield found;
        return;
      }
      number += 1;
      offset += length + 1;
      length = 0;
      held = [];
      start = end + 1;
    }
    take(chunk.subarray(start));
    if (found.length > 0) yield found;
  }
  const last: LineOrProblem[] = [];
  addLine(last);
  yield last;
}

function readLine(raw: Buffer, number: number, offset: number, found: LineOrProblem[]): void {
  let start = 0;
  if (number === 1 && isUtf16(raw)) {
    found.push({ problem: utf16() });
    return;
  }
  if (number === 1 && raw.length >= 3 && raw.readUIntBE(0, 3) === 0xefbbbf) {
    start = 3;
    found.push({ problem: byteOrderMark() });
  }
  const end = raw.at(-1) === carriageReturn ? raw.length - 1 : raw.length;
  const bytes = raw.subarray(start, end);
  if (!isUtf8(bytes)) {
    found.push({ problem: notUtf8(number) });
    return;
  }
  const text = bytes.toString('utf8');
  if (/\S/.test(text)) found.push({ line: { number, offset: offset + start, length: bytes.length, text } });
}

/** A byte order mark, or a first character that is a NUL and another byte: JSON begins with ASCII. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if (second === undefined) return false;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tooLong(line: number, bytes: number, limit: number): Problem {
  const message = `The line has ${bytes} bytes, more than the ${limit} that an example may have. Put one example on each line.`;
  return { code: 'line_too_long', severity: 'error', line, message };
}

function notUtf8(line: number): Problem {
  const message = 'The line is not UTF-8, so its letters would be guessed. Save the file as UTF-8.';
  return { code: 'not_utf8', severity: 'error', line, message };
}

function utf16(): Problem {
  const message = 'The file is UTF-16; platforms read UTF-8 only. Save it as UTF-8.';
  return { code: 'not_utf8_file', severity: 'error', message };
}

function byteOrderMark(): Problem {
  const message =
    'The file begins with a byte order mark, which is left out of what is uploaded. Save it as UTF-8 without one.';
  return { code: 'byte_order_mark', severity: 'warning', line: 1, message };
}
