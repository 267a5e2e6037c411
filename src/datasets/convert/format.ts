import { TunewrightError } from '../../contract/errors.ts';
import { invalidJson } from '../reading/invalid-json.ts';
import { type Kind, kindOf } from '../reading/kind.ts';
import { splitLines } from '../reading/lines.ts';
import { arrayRows } from './json-array.ts';
import { listUnder } from './list-under.ts';
import { parseRow, type RowOrProblem } from './row.ts';
import { tableRows } from './table.ts';

/** The rows of a file, and in words how they are written there. */
export interface Rows {
  format: string;
  rows: AsyncIterable<RowOrProblem[]>;
}

/** To tell a format from; the names of many columns have room in it. */
const headBytes = 16 * 1024;

const separators: ReadonlyMap<string, string> = new Map([
  [',', 'CSV'],
  [';', 'CSV separated by semicolons'],
  ['\t', 'TSV'],
]);

/** What a stream is refused for: rows of these are found from the end of a file, which a stream has not. */
const binaries: ReadonlyMap<Kind, { is: string; advice: string }> = new Map([
  [
    'parquet',
    { is: 'holds a Parquet file, compressed once more', advice: 'Decompress it first: Parquet is small as it is.' },
  ],
  ['zip', { is: 'holds a spreadsheet or an archive, compressed once more', advice: 'Decompress it first.' }],
  ['gzip', { is: 'is compressed twice', advice: 'Decompress it once.' }],
  ['zstd', { is: 'is compressed twice', advice: 'Decompress it once.' }],
  [
    'encrypted parquet',
    { is: 'is an encrypted Parquet file', advice: 'Write it again without encryption, or as CSV or JSON lines.' },
  ],
  [
    'office',
    {
      is: 'is a spreadsheet of an old kind (.xls), or one with a password',
      advice: 'Save it as XLSX without a password, or as CSV.',
    },
  ],
]);

/**
 * Tells how a file is written, by the end of its name or, where that says nothing, by its first character, and reads its
 * rows. Throws `invalid_data` for what is no text, and for content of white space alone.
 */
export async function readRows(content: AsyncIterable<Uint8Array>, name: string): Promise<Rows> {
  const { head, chunks } = await peek(content);
  refuseBinary(kindOf(head), name);
  if (isUtf16(head)) {
    throw new TunewrightError('invalid_data', `${name} is UTF-16 or holds no text.`, { advice: 'Save it as UTF-8.' });
  }
  const start = head.toString('utf8').trimStart();
  if (start === '')
    throw new TunewrightError('invalid_data', `${name} begins with nothing but white space.`, {
      advice: 'Give a file that holds records.',
    });
  const [, ending] = /\.(csv|tsv|jsonl|ndjson)(?:\.gz|\.zst)?$/i.exec(name) ?? [];
  const kind = ending?.toLowerCase();
  // No lines of objects begin so, whatever their name.
  if (kind !== 'csv' && kind !== 'tsv' && start.startsWith('[')) {
    return { format: 'a JSON array', rows: arrayRows(chunks) };
  }
  const under = kind === undefined && start.startsWith('{') ? listUnder(head) : undefined;
  if (under) return { format: `a JSON array under "${under.key}"`, rows: arrayRows(chunks, under.at) };
  if (kind === 'jsonl' || kind === 'ndjson' || (kind === undefined && start.startsWith('{'))) {
    return { format: 'JSON lines', rows: lineRows(chunks) };
  }
  const separator = kind === 'tsv' ? '\t' : separatorOf(start);
  return { format: separators.get(separator) ?? 'CSV', rows: tableRows(chunks, name, separator) };
}

function refuseBinary(kind: Kind, name: string): void {
  const refused = binaries.get(kind);
  if (refused) throw new TunewrightError('invalid_data', `${name} ${refused.is}.`, { advice: refused.advice });
}

async function* lineRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RowOrProblem[]> {
  for await (const lines of splitLines(chunks)) {
    yield lines.map((one) => ('line' in one ? parseRow(one.line.text, one.line.number, invalidJson) : one));
  }
}

/** The separator that stands most often in the first line, outside of quotes. */
function separatorOf(text: string): string {
  const line = (/^[^\n]*/.exec(text)?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const times = (separator: string) => line.split(separator).length;
  return [...separators.keys()].reduce((best, one) => (times(one) > times(best) ? one : best));
}

/** The beginning, of a few KiB where there are as many, and all of it, without byte order mark. */
async function peek(content: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; chunks: AsyncIterable<Uint8Array> }> {
  const iterator = content[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  for (let ended = false; !ended && bytes.length < headBytes; ) {
    const { value, done = false } = await iterator.next();
    if (!done) bytes = Buffer.concat([bytes, value]);
    ended = done;
  }
  const head = bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? bytes.subarray(3) : bytes;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head, chunks: chunks() };
}

/** A byte order mark, or a NUL among the first two bytes. */
function isUtf16([one, two]: Buffer): boolean {
  return (one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff) || one === 0 || two === 0;
}
