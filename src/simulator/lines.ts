import { createReadStream } from 'node:fs';

/** A longer line is no training example; it is not held in memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** One line of a file, without its end. */
export interface Line {
  /** From 1. */
  number: number;
  /** Null when the line is longer than 16 MiB. */
  text: string | null;
}

/** The lines of a UTF-8 file that hold more than white space, read as a stream. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 1;
  let held: Buffer[] = [];
  let bytes = 0;
  let first = true;
  const take = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= MAX_LINE_BYTES) held.push(piece);
    else held = [];
  };
  const line = (): Line | undefined => {
    const text = bytes > MAX_LINE_BYTES ? null : Buffer.concat(held).toString('utf8').replace(/\r$/, '');
    held = [];
    bytes = 0;
    const bare = text !== null && first ? text.replace(/^\uFEFF/, '') : text;
    first = false;
    return bare !== null && bare.trim() === '' ? undefined : { number, text: bare };
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    let start = 0;
    const buffer = chunk as Buffer;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, start)) {
      take(buffer.subarray(start, end));
      const complete = line();
      if (complete) yield complete;
      number++;
      start = end + 1;
    }
    take(buffer.subarray(start));
  }
  const last = line();
  if (last) yield last;
}
