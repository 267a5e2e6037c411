import { TunewrightError } from '../contract/errors.ts';

/** One line of a file: a record, or the place where one was too long to be held. */
export interface Line {
  /** From 1. */
  number: number;
  /** Where its bytes begin in the file. */
  start: number;
  /** Without its line end; undefined when it is longer than {@link longestLineBytes}. */
  bytes: Uint8Array | undefined;
}

/** Longer lines are passed over without being held: no training example is that long, and memory stays bounded. */
export const longestLineBytes = 64 * 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The lines of a byte stream, as many at once as a chunk holds. A UTF-8 BOM is passed over. Throws for UTF-16. */
export async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let number = 1;
  let start = 0;
  let offset = 0;

  const take = (tail: Uint8Array): Line => {
    const tooLong = heldBytes + tail.length > longestLineBytes;
    const whole = held.length === 0 ? tail : Buffer.concat([...held, tail]);
    const line = { number, start, bytes: tooLong ? undefined : withoutReturn(whole) };
    held = [];
    heldBytes = 0;
    number += 1;
    return line;
  };

  for await (let chunk of source) {
    if (offset === 0) {
      refuseUtf16(chunk);
      if (hasBom(chunk)) {
        chunk = chunk.subarray(3);
        offset = 3;
        start = 3;
      }
    }
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      lines.push(take(chunk.subarray(from, end)));
      from = end + 1;
      start = offset + from;
    }
    const rest = chunk.subarray(from);
    heldBytes += rest.length;
    // What is beyond the limit is counted, not kept.
    if (heldBytes <= longestLineBytes) held.push(rest);
    else held = [];
    offset += chunk.length;
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield [take(new Uint8Array())];
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}

function hasBom(chunk: Uint8Array): boolean {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
}

/** A BOM says it, or a zero byte: JSON in UTF-8 begins with none. */
function refuseUtf16(chunk: Uint8Array): void {
  const [first, second] = chunk;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (!marked && first !== 0 && second !== 0) return;
  throw new TunewrightError('invalid_data', 'The file is UTF-16, not UTF-8.', {
    advice: 'Save it as UTF-8, for instance by `iconv -f UTF-16 -t UTF-8`.',
  });
}
