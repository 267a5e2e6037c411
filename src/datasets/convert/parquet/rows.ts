import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { sourceError } from '../../../artifacts/failures.ts';
import { TunewrightError } from '../../../contract/errors.ts';
import type { JsonRecord } from '../../json.ts';
import type { Rows } from '../format.ts';
import type { OpenInput } from '../input.ts';
import type { RowOrProblem } from '../row.ts';
import { codecs } from './codecs.ts';
import { numberAsWritten, parsers, plain } from './values.ts';

/** Of a row group, decompressed: it is held whole. */
const maxGroupBytes = 512 * 1024 * 1024;
/** Values of which few are distinct take next to nothing in the file, and a place each in memory. */
const maxGroupValues = 32 * 1024 * 1024;
/** Rows that are handed on at once. */
const batchRows = 1000;

/**
 * The rows of a Parquet file, one row group after another. Throws `source_unreadable` for a file that is damaged, cut off or
 * written as none is here, and `invalid_data` for a row group of over 512 MiB or 32 Mi values.
 */
export async function parquetRows(input: OpenInput): Promise<Rows> {
  const file = bufferOf(input);
  const { metadata, elements } = await reading(input, async () => {
    const found = await parquetMetadataAsync(file, { parsers, geoparquet: false });
    return { metadata: found, elements: parquetSchema(found).children.map(({ element }) => element) };
  });
  for (const { total_byte_size, columns } of metadata.row_groups) {
    const values = columns.reduce((sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0), 0);
    if (total_byte_size > maxGroupBytes || values > maxGroupValues) throw tooLarge(input.name);
  }
  return { format: 'Parquet', rows: groups(input, file, metadata, elements) };
}

async function* groups(
  input: OpenInput,
  file: AsyncBuffer,
  metadata: FileMetaData,
  elements: readonly SchemaElement[],
): AsyncGenerator<RowOrProblem[]> {
  const compressors = codecs(input.name);
  const columns = new Map(elements.map((element) => [element.name, element]));
  let row = 0;
  let bytes = 0;
  for (const { num_rows, columns: chunks } of metadata.row_groups) {
    const rowStart = row;
    const rowEnd = row + Number(num_rows);
    const records = await reading(input, () =>
      parquetReadObjects({ file, metadata, compressors, parsers, rowStart, rowEnd }),
    );
    for (let at = 0; at < records.length; at += batchRows) {
      input.signal?.throwIfAborted();
      yield records.slice(at, at + batchRows).map((record) => {
        row += 1;
        return { row: { line: row, value: plainRecord(record, columns) } };
      });
    }
    bytes += chunks.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0);
    input.onProgress?.(Math.min(bytes, input.bytes), input.bytes);
  }
}

function plainRecord(record: JsonRecord, columns: ReadonlyMap<string, SchemaElement>): JsonRecord {
  // Without a prototype no column name, such as __proto__, means anything.
  const plainer: JsonRecord = Object.create(null);
  for (const column of Object.keys(record))
    plainer[column] = numberAsWritten(plain(record[column]), columns.get(column));
  return plainer;
}

function bufferOf(input: OpenInput): AsyncBuffer {
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

async function readPart({ handle, bytes, signal }: OpenInput, start: number, end: number): Promise<ArrayBuffer> {
  signal?.throwIfAborted();
  if (!(start >= 0 && start <= end && end <= bytes)) throw new RangeError('beyond the file');
  const content = new Uint8Array(end - start);
  for (let at = 0; at < content.length; ) {
    const { bytesRead } = await handle.read(content, at, content.length - at, start + at);
    if (bytesRead === 0) throw new RangeError('beyond the file');
    at += bytesRead;
  }
  return content.buffer;
}

async function reading<T>({ name, signal }: OpenInput, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof TunewrightError || signal?.aborted) throw cause;
    if (/^E[A-Z]+$/.test(String((cause as NodeJS.ErrnoException | undefined)?.code))) throw sourceError(name, cause);
    const message = `${name} cannot be read as Parquet: it is damaged, cut off, encrypted or of a kind unknown here.`;
    const advice = 'Make or fetch the file again, or write it as CSV or JSON lines.';
    throw new TunewrightError('source_unreadable', message, { advice, cause });
  }
}

function tooLarge(name: string): TunewrightError {
  const message = `A row group of ${name} has over ${maxGroupBytes} bytes or ${maxGroupValues} values: it is held in memory as a whole.`;
  return new TunewrightError('invalid_data', message, {
    advice: 'Write it with smaller row groups, such as row_group_size=10000 in pandas and pyarrow, or as JSON lines.',
  });
}
