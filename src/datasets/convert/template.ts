import { TunewrightError } from '../../contract/errors.ts';
import { isBlank } from '../reading/blank.ts';
import type { JsonRecord } from '../reading/json.ts';
import { textAt } from './fault.ts';

/** Text with `{{column}}` where the row's own is put. */
export interface Template {
  columns: readonly string[];
  /** '' where all its columns are blank. Throws `RowFault` where a column is missing. */
  fill(row: JsonRecord): string;
}

/** Throws `invalid_config` where a template names no column: all rows would say the same. */
export function parseTemplate(text: string): Template {
  // Every second piece is a column.
  const pieces = text.split(/\{\{\s*([^{}]*[^{}\s])\s*\}\}/);
  const columns = pieces.filter((_, i) => i % 2 === 1);
  if (columns.length === 0) {
    throw new TunewrightError('invalid_config', 'A template names no column.', {
      advice: 'Put the name of a column in double braces, such as {{question}}.',
    });
  }
  return {
    columns,
    fill(row) {
      const values = columns.map((column) => textAt(row, column));
      if (values.every(isBlank)) return '';
      return pieces.map((piece, i) => (i % 2 === 1 ? values[(i - 1) / 2] : piece)).join('');
    },
  };
}

/** A column as it stands. */
export function columnTemplate(column: string): Template {
  return { columns: [column], fill: (row) => textAt(row, column) };
}
