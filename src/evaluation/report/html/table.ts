import type { Cell, Column, Table } from '../content/block.ts';
import { cellHtml } from './cell.ts';
import { type Html, html } from './html.ts';
import { axisHtml, markHtml } from './mark.ts';

/** A table under its caption; what is too much for the first look folds away. */
export function tableHtml(table: Table, id: string): Html {
  const { caption, rows, shown = rows.length, folded } = table;
  if (folded) return foldedHtml(table, rows, { id, summary: caption, labels: id });
  const rest = rows.slice(shown);
  const more = { id: `${id}-rest`, summary: `${rest.length} more`, labels: `${id} ${id}-rest` };
  return html`<p class="caption" id="${id}" dir="auto">${caption}</p>
${rowsHtml(table, rows.slice(0, shown), id)}
${rest.length > 0 && foldedHtml(table, rest, more)}`;
}

interface Fold {
  id: string;
  summary: string;
  /** The ids of what names the table. */
  labels: string;
}

function foldedHtml(table: Table, rows: Table['rows'], { id, summary, labels }: Fold): Html {
  return html`<details>
<summary id="${id}">${summary}</summary>
${rowsHtml(table, rows, labels)}
</details>
`;
}

/** In a room of its own that scrolls sideways, by keyboard too. */
function rowsHtml({ columns }: Table, rows: Table['rows'], labels: string): Html {
  return html`<div class="room" role="group" aria-labelledby="${labels}" tabindex="0">
<table aria-labelledby="${labels}" style="--name:${nameWidth(rows)}ch">
<thead><tr>${columns.map(headHtml)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, at) => bodyCell(cell, columns[at], at))}</tr>\n`)}</tbody>
</table>
</div>`;
}

/** The longest name of a row, within bounds: a name is not broken as long as there is room. */
function nameWidth(rows: Table['rows']): number {
  const lengths = rows.map(([first = '']) => [...(typeof first === 'string' ? first : first.text)].length);
  return Math.min(24, Math.max(8, ...lengths));
}

function headHtml({ name, number, scale }: Column): Html {
  if (scale) return html`<th scope="col" class="drawn"><span class="unseen">${name}</span>${axisHtml(scale)}</th>`;
  return html`<th scope="col" class="${number ? 'number' : ''}" dir="auto">${name}</th>`;
}

function bodyCell(cell: Cell | string, column: Column | undefined, at: number): Html {
  const { scale, number } = column ?? {};
  if (scale) {
    const mark = typeof cell === 'object' ? cell.mark : undefined;
    return html`<td class="drawn">${mark && markHtml(mark, scale)}</td>`;
  }
  const kind = number ? 'number' : '';
  if (at === 0) return html`<th scope="row" class="${kind}" dir="auto">${cellHtml(cell)}</th>`;
  return html`<td class="${kind}" dir="auto">${cellHtml(cell)}</td>`;
}
