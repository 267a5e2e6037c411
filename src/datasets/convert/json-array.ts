import { isUtf8 } from 'node:buffer';
import { maxRecordBytes, parseRow, type RowOrProblem, rowProblem } from './row.ts';

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const beginArray = 0x5b;
const endArray = 0x5d;
const beginObject = 0x7b;
const endObject = 0x7d;
const lineFeed = 0x0a;

/**
 * The objects of a JSON array, a list for each chunk that ends any; no more than one of them is held. What is no such
 * array is a problem, and the end.
 *
 * @param from where the array begins; of one within an object what stands before and behind it is passed over
 */
export async function* arrayRows(chunks: AsyncIterable<Uint8Array>, from = 0): AsyncGenerator<RowOrProblem[]> {
  let passed = 0;
  let expects: 'array' | 'object or end' | 'object' | 'comma or end' | 'nothing' = 'array';
  let line = 1;
  let startLine = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  for await (const chunk of chunks) {
    const found: RowOrProblem[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === lineFeed) line += 1;
      if (passed < from) passed += 1;
      else if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else if (depth > 0) {
        if (byte === quote) inString = true;
        else if (byte === beginObject || byte === beginArray) depth += 1;
        else if (byte === endObject || byte === endArray) {
          depth -= 1;
          if (depth > 0) continue;
          found.push(readObject([...held, chunk.subarray(start, i + 1)], startLine));
          held = [];
          heldBytes = 0;
          expects = 'comma or end';
        }
      } else if (byte === beginObject && (expects === 'object' || expects === 'object or end')) {
        depth = 1;
        start = i;
        startLine = line;
      } else if (byte === comma && expects === 'comma or end') expects = 'object';
      else if (byte === beginArray && expects === 'array') expects = 'object or end';
      else if (byte === endArray && (expects === 'object or end' || expects === 'comma or end')) {
        if (from > 0) return yield found;
        expects = 'nothing';
      } else if (!isBlank(byte)) {
        const message = `Here ${expects} is expected: the file must be one JSON array of objects.`;
        yield [...found, rowProblem(line, 'invalid_json', message)];
        return;
      }
    }
    if (depth > 0) {
      held.push(chunk.subarray(start));
      heldBytes += chunk.length - start;
    }
    if (heldBytes > maxRecordBytes) {
      yield [...found, rowProblem(startLine, 'line_too_long', `The object has over ${maxRecordBytes} bytes.`)];
      return;
    }
    if (found.length > 0) yield found;
  }
  if (expects !== 'nothing') yield [rowProblem(line, 'invalid_json', 'The file ends before its JSON array does.')];
}

function readObject(pieces: Uint8Array[], line: number): RowOrProblem {
  const bytes = Buffer.concat(pieces);
  if (isUtf8(bytes)) return parseRow(bytes.toString('utf8'), line);
  return rowProblem(
    line,
    'not_utf8',
    'The object is not UTF-8, so its letters would be guessed. Save the file as UTF-8.',
  );
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === lineFeed;
}
