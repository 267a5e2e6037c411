import type { Cell } from '../content/block.ts';
import { type Html, html } from './html.ts';

/** The content of a table's cell or of a fact, without its mark. */
export function cellHtml(cell: Cell | string): Html {
  if (typeof cell === 'string') return html`${cell}`;
  const { text, code, href, who, detail, tone } = cell;
  const inner = code ? html`<code>${text}</code>` : html`${text}`;
  if (href !== undefined && /^https?:\/\//i.test(href)) {
    return html`<a href="${href}" rel="noopener noreferrer">${inner}</a>`;
  }
  if (who) return html`<span class="who ${who}">${inner}${detail && html`<small>${detail}</small>`}</span>`;
  return tone ? html`<span class="tone ${tone}">${inner}</span>` : inner;
}
