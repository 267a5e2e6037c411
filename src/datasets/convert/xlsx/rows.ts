import { TunewrightError } from '../../../contract/errors.ts';
import { shown } from '../../problem.ts';
import type { JsonRecord } from '../../reading/json.ts';
import { failedFormula } from '../fault.ts';
import type { Rows } from '../format.ts';
import type { OpenInput } from '../input.ts';
import type { RowOrProblem } from '../row.ts';
import { openArchive, tooLarge } from './archive.ts';
import { cellValue, type RawCell } from './cells.ts';
import { readSheet, type SheetRow } from './sheet.ts';
import { readWorkbook, type Workbook } from './workbook.ts';

const maxSheetBytes = 1024 * 1024 * 1024;

/**
 * The rows of a sheet below its header, which is its first row with anything in it; `line` is the row's number. Rows in which
 * nothing stands are passed over, and so are cells of columns without a name. Throws `source_unreadable` for a damaged
 * file, and `invalid_data` for what is no workbook, a sheet of over 1 GiB and a header that names a column twice.
 */
export async function sheetRows(input: OpenInput, sheet: string | undefined): Promise<Rows> {
  const archive = await openArchive(input);
  const workbook = await readWorkbook(archive, input.name, sheet);
  const total = archive.bytes(workbook.path);
  if (total > maxSheetBytes) throw tooLarge(input.name, `the sheet has over ${maxSheetBytes} bytes`);
  let done = 0;
  async function* pieces(): AsyncGenerator<string> {
    for await (const piece of archive.text(workbook.path, maxSheetBytes)) {
      yield piece;
      done = Math.min(done + piece.length, total);
      input.onProgress?.(Math.round((input.bytes * done) / total), input.bytes);
    }
  }
  return {
    format: `XLSX, sheet ${shown(workbook.sheet)}`,
    rows: named(readSheet(pieces(), input.name), workbook, input.name),
  };
}

async function* named(
  rows: AsyncIterable<SheetRow[]>,
  workbook: Workbook,
  name: string,
): AsyncGenerator<RowOrProblem[]> {
  let columns: ReadonlyMap<number, string> | undefined;
  for await (const batch of rows) {
    const found: RowOrProblem[] = [];
    for (const { line, cells } of batch) {
      if (columns === undefined) {
        const header = headerOf(cells, workbook, name);
        if (header.size > 0) columns = header;
        continue;
      }
      const value = recordOf(cells, columns, workbook);
      if (value) found.push({ row: { line, value } });
    }
    yield found;
  }
}

function headerOf(cells: readonly RawCell[], workbook: Workbook, name: string): ReadonlyMap<number, string> {
  const columns = new Map<number, string>();
  for (const cell of cells) {
    const value = cellValue(cell, workbook);
    if (value !== undefined && value !== failedFormula) columns.set(cell.column, String(value));
  }
  if (new Set(columns.values()).size === columns.size) return columns;
  throw new TunewrightError('invalid_data', `The header of ${name} names a column twice.`, {
    advice: 'Give every column a name of its own in the first row.',
  });
}

function recordOf(
  cells: readonly RawCell[],
  columns: ReadonlyMap<number, string>,
  workbook: Workbook,
): JsonRecord | undefined {
  // Without a prototype no column name, such as __proto__, means anything.
  const record: JsonRecord = Object.create(null);
  for (const column of columns.values()) record[column] = '';
  let blank = true;
  for (const cell of cells) {
    const column = columns.get(cell.column);
    const value = column === undefined ? undefined : cellValue(cell, workbook);
    if (column === undefined || value === undefined) continue;
    record[column] = value;
    blank = false;
  }
  return blank ? undefined : record;
}
