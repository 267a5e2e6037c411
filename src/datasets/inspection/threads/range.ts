import { readSync } from 'node:fs';
import { HeldBytes, LineCutter } from '../../reading/lines.ts';
import type { Examiner } from '../examine.ts';
import { type Packed, Packer } from './pack.ts';

const newline = 10;
const chunkBytes = 256 * 1024;
/** Behind a range only the end of its last line is wanted. */
const behindBytes = 64 * 1024;
const chunk = Buffer.alloc(chunkBytes);
/** A range is examined without giving way to another. */
const held = new HeldBytes();

/** Of a file; what is in it are the lines that begin in it. */
export interface Range {
  from: number;
  to: number;
}

/** Examines the lines of a range, in this thread and without giving way. Throws what the system does. */
export function examineRange(fd: number, { from, to }: Range, { examine, part }: Examiner): Packed {
  const pack = new Packer();
  const start = from === 0 ? 0 : firstLine(fd, from, to);
  const cutter = new LineCutter(undefined, start, held);
  if (start >= to) return pack.packed(0, false, part());
  for (let at = start; !cutter.stopped; ) {
    // The byte before the end may be the line end behind which the next range begins.
    const within = at < to - 1;
    const bytes = readSync(fd, chunk, 0, within ? Math.min(chunkBytes, to - 1 - at) : behindBytes, at);
    const read = chunk.subarray(0, bytes);
    at += bytes;
    if (bytes === 0) {
      for (const line of cutter.end()) pack.add(examine(line));
      break;
    }
    const last = within ? -1 : read.indexOf(newline);
    for (const line of cutter.add(last < 0 ? read : read.subarray(0, last + 1))) pack.add(examine(line));
    if (last >= 0) break;
  }
  return pack.packed(cutter.lines, cutter.stopped, part());
}

/** Where the first line begins that begins in the range; its end when none does. */
function firstLine(fd: number, from: number, to: number): number {
  for (let at = from - 1; at < to - 1; ) {
    const bytes = readSync(fd, chunk, 0, Math.min(behindBytes, to - 1 - at), at);
    if (bytes === 0) break;
    const end = chunk.subarray(0, bytes).indexOf(newline);
    if (end >= 0) return at + end + 1;
    at += bytes;
  }
  return to;
}
