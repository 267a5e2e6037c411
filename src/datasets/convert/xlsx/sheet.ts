import { damaged } from './archive.ts';
import { columnOf, type RawCell } from './cells.ts';
import { textReader } from './text.ts';
import { visit } from './xml.ts';

/** The most that a sheet has, by Excel's specifications. */
const maxRows = 1_048_576;
const maxColumns = 16_384;

export interface SheetRow {
  /** The number of the row. */
  line: number;
  cells: RawCell[];
}

/** The rows of a sheet that stand in it, a list for each piece of its XML. Throws `source_unreadable` for what is no sheet. */
export async function* readSheet(pieces: AsyncIterable<string>, name: string): AsyncGenerator<SheetRow[]> {
  let found: SheetRow[] = [];
  let row: SheetRow = { line: 0, cells: [] };
  let cell: RawCell | undefined;
  let inValue = false;
  const inline = textReader();
  const parts = visit(pieces, name, 'row', {
    open(tag, { r, s, t }) {
      if (tag === 'row') {
        const line = r === undefined ? row.line + 1 : Number(r);
        if (!(line > row.line && line <= maxRows)) throw damaged(name);
        row = { line, cells: [] };
      } else if (tag === 'c') {
        // Cells without a reference follow each other.
        const column = columnOf(r) ?? (row.cells.at(-1)?.column ?? -1) + 1;
        if (column >= maxColumns || row.cells.length >= maxColumns) throw damaged(name);
        cell = { column, type: t ?? 'n', style: Number(s ?? 0), value: '' };
        row.cells.push(cell);
      } else if (tag === 'v') inValue = true;
      else if (cell?.type === 'inlineStr') inline.open(tag, {});
    },
    text(text) {
      if (inValue && cell) cell.value += text;
      else if (cell?.type === 'inlineStr') inline.text(text);
    },
    close(tag) {
      if (tag === 'v') inValue = false;
      else if (tag === 'row') found.push(row);
      else if (cell?.type === 'inlineStr') {
        inline.close(tag);
        if (tag === 'c') cell.value = inline.take();
      }
      if (tag === 'c') cell = undefined;
    },
  });
  for await (const _ of parts) {
    if (found.length === 0) continue;
    yield found;
    found = [];
  }
  if (found.length > 0) yield found;
}
