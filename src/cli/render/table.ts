import { type Paint, widthOf } from './text.ts';

/** A table with aligned columns and no rules; columns whose name starts with `#` stand to the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const names = columns.map((column) => column.replace(/^#/, ''));
  const widths = names.map((name, i) => Math.max(...[name, ...rows.map((row) => row[i] ?? '')].map(widthOf)));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, i) => {
        const cell = cells[i] ?? '';
        const space = ' '.repeat(width - widthOf(cell));
        return columns[i]?.startsWith('#') ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [paint('bold', line(names)), ...rows.map(line)].join('\n');
}
