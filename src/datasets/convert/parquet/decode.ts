import { read } from 'node:fs';
import { promisify } from 'node:util';
import {
  type AsyncBuffer,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { sourceError } from '../../../artifacts/failures.ts';
import { TunewrightError } from '../../../contract/errors.ts';
import type { JsonRecord } from '../../reading/json.ts';
import { codecs } from './codecs.ts';
import { numberAsWritten, parsers, plain } from './values.ts';

const readAt = promisify(read);

/** Of a row group, decompressed: it is held whole. */
const maxGroupBytes = 512 * 1024 * 1024;
/** Values of which few are distinct take next to nothing in the file, and a place each in memory. */
const maxGroupValues = 32 * 1024 * 1024;
/** Rows that are handed on at once. */
const batchRows = 1000;

/** A file that is open in this process. */
export interface OpenFile {
  fd: number;
  bytes: number;
  name: string;
}

/** Rows in order, and how far the file is read then. */
export interface Decoded {
  rows: JsonRecord[];
  bytesDone: number;
}

/**
 * Decodes a Parquet file, one row group after another. The first answer is empty and says that it is one. Throws
 * `source_unreadable` for a file that is damaged, cut off or written as none is here, and `invalid_data` for a row group of
 * over 512 MiB or 32 Mi values. Some damage keeps it for ever, and the thread with it.
 */
export async function* decode(input: OpenFile): AsyncGenerator<Decoded> {
  const file = bufferOf(input);
  const { metadata, elements } = await reading(input, async () => {
    const found = await parquetMetadataAsync(file, { parsers, geoparquet: false });
    return { metadata: found, elements: parquetSchema(found).children.map(({ element }) => element) };
  });
  for (const { total_byte_size, columns } of metadata.row_groups) {
    const values = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0), 0);
    if (total_byte_size > maxGroupBytes || values > maxGroupValues) throw tooLarge(input.name);
  }
  yield { rows: [], bytesDone: 0 };

  const compressors = codecs(input.name);
  const columns = new Map(elements.map((element) => [element.name, element]));
  let rowStart = 0;
  let bytesDone = 0;
  for (const { num_rows, columns: chunks } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const range = { rowStart, rowEnd };
    const records = await reading(input, () => parquetReadObjects({ file, metadata, compressors, parsers, ...range }));
    bytesDone += chunks.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0);
    for (let at = 0; at < records.length; at += batchRows) {
      yield { rows: records.slice(at, at + batchRows).map((record) => plainRecord(record, columns)), bytesDone };
    }
    rowStart = rowEnd;
  }
}

function plainRecord(record: JsonRecord, columns: ReadonlyMap<string, SchemaElement>): JsonRecord {
  // Without a prototype no column name, such as __proto__, means anything.
  const plainer: JsonRecord = Object.create(null);
  for (const column of Object.keys(record))
    plainer[column] = numberAsWritten(plain(record[column]), columns.get(column));
  return plainer;
}

function bufferOf(input: OpenFile): AsyncBuffer {
  return {
    byteLength: input.bytes,
    slice(start, end = input.bytes) {
      const content = readPart(input, start, end);
      // The reader asks for all parts at once, and looks at none after one that fails.
      content.catch(() => undefined);
      return content;
    },
  };
}

async function readPart({ fd, bytes }: OpenFile, start: number, end: number): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= bytes)) throw new RangeError('beyond the file');
  const content = new Uint8Array(end - start);
  for (let at = 0; at < content.length; ) {
    const { bytesRead } = await readAt(fd, content, at, content.length - at, start + at);
    if (bytesRead === 0) throw new RangeError('beyond the file');
    at += bytesRead;
  }
  return content.buffer;
}

async function reading<T>({ name }: OpenFile, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TunewrightError) throw cause;
    if (/^E[A-Z]+$/.test(String((cause as NodeJS.ErrnoException | undefined)?.code))) throw sourceError(name, cause);
    throw damaged(name, cause);
  }
}

export function damaged(name: string, cause?: unknown): TunewrightError {
  const message = `${name} cannot be read as Parquet: it is damaged, cut off, encrypted or of a kind unknown here.`;
  const advice = 'Make or fetch the file again, or write it as CSV or JSON lines.';
  return new TunewrightError('source_unreadable', message, { advice, cause });
}

export function tooLarge(name: string): TunewrightError {
  const message = `A row group of ${name} has over ${maxGroupBytes} bytes or ${maxGroupValues} values: it is held in memory as a whole.`;
  return new TunewrightError('invalid_data', message, {
    advice: 'Write it with smaller row groups, such as row_group_size=10000 in pandas and pyarrow, or as JSON lines.',
  });
}
