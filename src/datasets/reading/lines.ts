import { isUtf8 } from 'node:buffer';
import type { Problem } from '../problem.ts';
import { isBlank } from './blank.ts';

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

/** Of a line that goes on. One buffer serves all lines: of many that are freed the system gets few back. */
export class HeldBytes {
  #bytes = Buffer.alloc(0);

  /** Behind so many that are held. */
  put(piece: Buffer, before: number): void {
    const length = before + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, length));
      this.#bytes.copy(larger, 0, 0, before);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, before);
  }

  /** The first so many, until more are put there. */
  first(length: number): Buffer {
    return this.#bytes.subarray(0, length);
  }
}

/**
 * Cuts UTF-8 content into lines with bounded memory. Blank lines are left out; a line that cannot be read is a problem in
 * its place; a byte order mark is a warning. UTF-16 is one problem, and the end. A class, and so compiled once for all files.
 */
export class LineCutter {
  readonly #limit: number;
  #number = 1;
  #offset: number;
  /** Of the line that goes on. */
  #length = 0;
  readonly #held: HeldBytes;
  #stopped = false;

  /**
   * @param start where the content begins in its file; what can only be at the beginning of one is looked for at 0
   * @param held serves one cutter at a time
   */
  constructor(limit: number = maxLineBytes, start = 0, held: HeldBytes = new HeldBytes()) {
    this.#limit = limit;
    this.#offset = start;
    this.#held = held;
  }

  /** Lines that have ended. */
  get lines(): number {
    return this.#number - 1;
  }

  /** After UTF-16 there is nothing more to read. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The lines that end in the next chunk; of a line that goes on a copy is kept, the chunk is not. */
  add(chunk: Uint8Array): LineOrProblem[] {
    const bytes = bufferOf(chunk);
    const found: LineOrProblem[] = [];
    let from = 0;
    let to = bytes.indexOf(newline);
    // What came before belongs to the line; the first of a file is looked at more closely.
    if (to >= 0 && (this.#length > 0 || this.#offset === 0)) {
      this.#hold(bytes.subarray(0, to));
      this.#endHeld(found);
      this.#next(this.#length);
      from = to + 1;
      to = bytes.indexOf(newline, from);
    }
    // All at once: a call for each line would take longer than the work.
    const valid = to >= 0 && isUtf8(bytes.subarray(from, bytes.lastIndexOf(newline)));
    for (; to >= 0 && !this.#stopped; to = bytes.indexOf(newline, from)) {
      if (to - from > this.#limit) found.push({ problem: tooLong(this.#number, to - from, this.#limit) });
      else this.#read(bytes, from, to, valid, found);
      this.#next(to - from);
      from = to + 1;
    }
    this.#hold(bytes.subarray(from));
    return found;
  }

  /** The last line, which may do without a line end. */
  end(): LineOrProblem[] {
    const found: LineOrProblem[] = [];
    this.#endHeld(found);
    return found;
  }

  #hold(piece: Buffer): void {
    if (this.#length + piece.length <= this.#limit) this.#held.put(piece, this.#length);
    this.#length += piece.length;
  }

  #next(bytes: number): void {
    this.#number += 1;
    this.#offset += bytes + 1;
    this.#length = 0;
  }

  #endHeld(found: LineOrProblem[]): void {
    const bytes = this.#held.first(this.#length);
    if (this.#length > this.#limit) found.push({ problem: tooLong(this.#number, this.#length, this.#limit) });
    else if (this.#offset === 0) this.#stopped = this.#readFirst(bytes, found);
    else this.#read(bytes, 0, bytes.length, isUtf8(bytes), found);
  }

  #read(bytes: Buffer, from: number, to: number, valid: boolean, found: LineOrProblem[]): void {
    const end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    const number = this.#number;
    if (!valid && !isUtf8(bytes.subarray(from, end))) {
      found.push({ problem: notUtf8(number) });
      return;
    }
    const text = bytes.toString('utf8', from, end);
    if (!isBlank(text)) found.push({ line: { number, offset: this.#offset, length: end - from, text } });
  }

  /** Whether all ends with it. */
  #readFirst(bytes: Buffer, found: LineOrProblem[]): boolean {
    if (isUtf16(bytes)) {
      found.push({ problem: utf16() });
      return true;
    }
    const marked = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf;
    if (marked) found.push({ problem: byteOrderMark() });
    this.#offset += marked ? 3 : 0;
    this.#read(bytes, marked ? 3 : 0, bytes.length, false, found);
    this.#offset -= marked ? 3 : 0;
    return false;
  }
}

/** The lines of a whole content, a list for each chunk that ends any. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, limit?: number): AsyncGenerator<LineOrProblem[]> {
  const cutter = new LineCutter(limit);
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
