import type { Block } from '../content/block.ts';
import { cellHtml } from './cell.ts';
import { curveHtml } from './curve.ts';
import { type Html, html } from './html.ts';
import { regressionsHtml } from './regressions.ts';
import { tableHtml } from './table.ts';
import { warningsHtml } from './warnings.ts';

/** `id` is the page's only one of its kind. */
export function blockHtml(block: Block, id: string): Html {
  switch (block.kind) {
    case 'text':
      return html`<p dir="auto">${block.text}</p>\n`;
    case 'warnings':
      return warningsHtml(block.text, block.items);
    case 'facts':
      return html`<dl class="facts">
${block.rows.map(([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${cellHtml(value)}</dd></div>\n`)}</dl>
`;
    case 'explained':
      return html`<details class="explained">
<summary>${block.title}</summary>
<dl>${block.terms.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>
</details>
`;
    case 'json':
      return html`<details>
<summary>${block.title}</summary>
<pre><code>${JSON.stringify(block.value, null, 2)}</code></pre>
</details>
`;
    case 'regressions':
      return regressionsHtml(block.rows, block.names);
    case 'table':
      return tableHtml(block, id);
    case 'curves':
      return html`<div class="curves">
${block.curves.map((curve, at) => curveHtml(curve, `${id}-${at}`))}</div>
`;
  }
}
