import { isUtf8 } from 'node:buffer';
import { TunewrightError } from '../../contract/errors.ts';
import { maxRecordBytes } from './row.ts';

const newline = 10;

/**
 * Text of UTF-8 content in pieces that end with a line. Throws `invalid_data` for bytes that are no UTF-8, with their
 * line, and for a line of over 16 MiB.
 */
export async function* textPieces(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let lines = 0;

  const decode = (bytes: Buffer): string => {
    if (!isUtf8(bytes)) throw notUtf8(name, lines + badLine(bytes));
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
    return bytes.toString('utf8');
  };

  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end > 0) {
      yield decode(Buffer.concat([...held, chunk.subarray(0, end)]));
      held = [];
      heldBytes = 0;
    }
    held.push(chunk.subarray(end));
    heldBytes += chunk.length - end;
    if (heldBytes > maxRecordBytes) throw tooLong(name, lines + 1);
  }
  if (heldBytes > 0) yield decode(Buffer.concat(held));
}

/** The first line, from 1, whose bytes are no UTF-8. */
function badLine(bytes: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    line += 1;
    start = end + 1;
  }
  return line;
}

function notUtf8(name: string, line: number): TunewrightError {
  const message = `${name}:${line}: the line is not UTF-8, so its letters would be guessed.`;
  return new TunewrightError('invalid_data', message, { advice: 'Save the file as UTF-8.' });
}

function tooLong(name: string, line: number): TunewrightError {
  const message = `${name}:${line}: the line has over ${maxRecordBytes} bytes.`;
  return new TunewrightError('invalid_data', message, { advice: 'End the lines with LF or CRLF, one record on each.' });
}
