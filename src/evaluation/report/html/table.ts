import type { Cell, Column, Table } from '../content/block.ts';
import { cellHtml } from './cell.ts';
import { type Html, html } from './html.ts';
import { axisHtml, markHtml } from './mark.ts';

/** A table in a room of its own that scrolls sideways, by keyboard too; what is too long folds away. */
export function tableHtml(table: Table, id: string): Html {
  const { caption, rows, shown = rows.length, folded } = table;
  if (folded) return html`<details><summary>${caption}</summary>${rowsHtml(table, rows, id)}</details>\n`;
  const rest = rows.slice(shown);
  return html`${rowsHtml(table, rows.slice(0, shown), id)}
${rest.length > 0 ? html`<details><summary>${rest.length} more</summary>${rowsHtml(table, rest, `${id}-rest`)}</details>\n` : ''}`;
}

function rowsHtml({ caption, columns }: Table, rows: Table['rows'], id: string): Html {
  return html`<div class="room" role="region" aria-labelledby="${id}" tabindex="0"><table>
<caption id="${id}">${caption}</caption>
<thead><tr>${columns.map(headHtml)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, at) => bodyCell(cell, columns[at], at))}</tr>\n`)}</tbody>
</table></div>`;
}

function headHtml({ name, number, scale }: Column): Html {
  if (scale) return html`<th scope="col" class="drawn"><span class="unseen">${name}</span>${axisHtml(scale)}</th>`;
  return html`<th scope="col"${number ? html` class="number"` : ''} dir="auto">${name}</th>`;
}

function bodyCell(cell: Cell | string, column: Column | undefined, at: number): Html {
  const { scale, number } = column ?? {};
  if (scale)
    return html`<td class="drawn">${typeof cell === 'object' && cell.mark ? markHtml(cell.mark, scale) : ''}</td>`;
  if (at === 0) return html`<th scope="row" dir="auto">${cellHtml(cell)}</th>`;
  return html`<td${number ? html` class="number"` : ''} dir="auto">${cellHtml(cell)}</td>`;
}
