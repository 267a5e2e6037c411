import type { Cell, Column, Table } from './block.ts';

/** A column with what stands in it. */
export interface Field<Row> extends Column {
  cell(row: Row): Cell | string;
}

/** A table of its columns; one that is `false` is left out. */
export function tableOf<Row>(caption: string, rows: readonly Row[], fields: readonly (Field<Row> | false)[]): Table {
  const kept = fields.filter((field) => field !== false);
  return {
    kind: 'table',
    caption,
    columns: kept.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => kept.map((field) => field.cell(row))),
  };
}
