import { isUtf8 } from 'node:buffer';
import type { ParquetParsers, SchemaElement } from 'hyparquet';
import { parseJson } from '../../reading/json.ts';

/** Bytes that are no text: nothing that an example could be made of. */
const noText: Readonly<Record<string, never>> = Object.freeze({});

/** Texts by UTF-8, JSON as what it says, days as `YYYY-MM-DD`. */
export const parsers: Partial<ParquetParsers> = {
  stringFromBytes: (bytes) => bytes && textOf(bytes),
  jsonFromBytes(bytes) {
    const text = bytes && textOf(bytes);
    const parsed = typeof text === 'string' ? parseJson(text) : undefined;
    return parsed && 'value' in parsed ? parsed.value : text;
  },
  geometryFromBytes: () => noText,
  geographyFromBytes: () => noText,
  dateFromDays: (days) => isoOf(new Date(days * 86_400_000))?.slice(0, 10),
};

function textOf(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return noText;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/**
 * A value as JSON has it: whole numbers beyond 2^53 as text, points in time by ISO 8601 in UTC. Fields of a struct that are
 * null are left away: every struct of a column has the same ones.
 */
export function plain(value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return isoOf(value) ?? null;
  if (ArrayBuffer.isView(value)) return noText;
  if (Array.isArray(value)) return value.map(plain);
  const struct: Record<string, unknown> = Object.create(null);
  for (const [field, one] of Object.entries(value)) {
    const said = plain(one);
    if (said !== null) struct[field] = said;
  }
  return struct;
}

/** A number of a column with the digits that were written: 0.1 is none of those that 32 bits or a power of ten can hold. */
export function numberAsWritten(value: unknown, column: SchemaElement | undefined): unknown {
  if (typeof value !== 'number') return value;
  if (column?.converted_type === 'DECIMAL') return Number(value.toFixed(Math.min(column.scale ?? 0, 100)));
  if (column?.type !== 'FLOAT') return value;
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

function isoOf(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
