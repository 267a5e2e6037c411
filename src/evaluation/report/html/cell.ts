import type { Cell } from '../content/block.ts';
import { cut } from './cut.ts';
import { type Html, html } from './html.ts';

/** Enough for a name, a sentence, a hash. */
const charactersShown = 300;

/** The content of a table's cell or of a fact, without its mark. */
export function cellHtml(cell: Cell | string): Html {
  if (typeof cell === 'string') return html`${cut(cell, charactersShown)}`;
  const { code, href, who, detail, tone } = cell;
  const text = cut(cell.text, charactersShown);
  const inner = code ? html`<code>${text}</code>` : html`${text}`;
  if (href !== undefined && /^https?:\/\//i.test(href)) {
    return html`<a href="${href}" rel="noopener noreferrer">${inner}</a>`;
  }
  if (who) return html`<span class="who ${who}">${inner}${detail && html`<small>${detail}</small>`}</span>`;
  return tone ? html`<span class="tone ${tone}">${inner}</span>` : inner;
}
