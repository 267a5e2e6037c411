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

export interface LineCutter {
  /** The lines that end in the next chunk; of a line that goes on a copy is kept, the chunk is not. */
  add(chunk: Uint8Array): LineOrProblem[];
  /** The last line, which may do without a line end. */
  end(): LineOrProblem[];
  /** Lines that have ended. */
  readonly lines: number;
  /** After UTF-16 there is nothing more to read. */
  readonly stopped: boolean;
}

/**
 * Cuts UTF-8 content into lines with bounded memory. Blank lines are left out; a line that cannot be read is a problem in
 * its place; a byte order mark is a warning. UTF-16 is one problem, and the end.
 *
 * @param start where the content begins in its file; what can only be at the beginning of one is looked for at 0
 */
export function lineCutter(limit: number = maxLineBytes, start = 0): LineCutter {
  let number = 1;
  let offset = start;
  let length = 0;
  let held: Buffer[] = [];
  let stopped = false;

  const hold = (piece: Buffer): void => {
    length += piece.length;
    if (length > limit) held = [];
    else if (piece.length > 0) held.push(Buffer.from(piece));
  };
  const next = (bytes: number): void => {
    number += 1;
    offset += bytes + 1;
    length = 0;
    held = [];
  };
  const endHeld = (found: LineOrProblem[]): void => {
    const bytes = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
    if (length > limit) found.push({ problem: tooLong(number, length, limit) });
    else if (offset === 0) stopped = readFirst(bytes, found);
    else readLine(bytes, 0, bytes.length, isUtf8(bytes), found);
  };
  const readLine = (bytes: Buffer, from: number, to: number, valid: boolean, found: LineOrProblem[]): void => {
    const end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    if (!valid && !isUtf8(bytes.subarray(from, end))) {
      found.push({ problem: notUtf8(number) });
      return;
    }
    const text = bytes.toString('utf8', from, end);
    if (/\S/.test(text)) found.push({ line: { number, offset, length: end - from, text } });
  };
  /** Whether all ends with it. */
  const readFirst = (bytes: Buffer, found: LineOrProblem[]): boolean => {
    if (isUtf16(bytes)) {
      found.push({ problem: utf16() });
      return true;
    }
    const marked = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf;
    if (marked) found.push({ problem: byteOrderMark() });
    offset += marked ? 3 : 0;
    readLine(bytes, marked ? 3 : 0, bytes.length, false, found);
    offset -= marked ? 3 : 0;
    return false;
  };

  return {
    add(chunk) {
      const bytes = bufferOf(chunk);
      const found: LineOrProblem[] = [];
      let from = 0;
      let to = bytes.indexOf(newline);
      // What came before belongs to the line; the first of a file is looked at more closely.
      if (to >= 0 && (length > 0 || offset === 0)) {
        hold(bytes.subarray(0, to));
        endHeld(found);
        next(length);
        from = to + 1;
        to = bytes.indexOf(newline, from);
      }
      // All at once: a call for each line would take longer than the work.
      const valid = to >= 0 && isUtf8(bytes.subarray(from, bytes.lastIndexOf(newline)));
      for (; to >= 0 && !stopped; to = bytes.indexOf(newline, from)) {
        if (to - from > limit) found.push({ problem: tooLong(number, to - from, limit) });
        else readLine(bytes, from, to, valid, found);
        next(to - from);
        from = to + 1;
      }
      hold(bytes.subarray(from));
      return found;
    },
    end() {
      const found: LineOrProblem[] = [];
      endHeld(found);
      return found;
    },
    get lines() {
      return number - 1;
    },
    get stopped() {
      return stopped;
    },
  };
}

/** The lines of a whole content, a list for each chunk that ends any. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, limit?: number): AsyncGenerator<LineOrProblem[]> {
  const cutter = lineCutter(limit);
  for await (const chunk of chunks) {
    const found = cutter.add(chunk);
    if (found.length > 0) yield found;
    if (cutter.stopped) return;
  }
  yield cutter.end();
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
