import type { Outcome } from '../content/block.ts';
import { caveatsTitle } from '../content/caveats.ts';
import { type Html, html } from './html.ts';
import { tableHtml } from './table.ts';
import { warningsHtml } from './warnings.ts';

/** The answer first: one word, one sentence, the figures that matter, and the rules with their results. */
export function outcomeHtml({ word, tone, says, why, caveats, figures, checks }: Outcome): Html {
  return html`<section id="verdict" class="outcome ${tone}" aria-labelledby="verdict-title">
<h2 id="verdict-title">Verdict: <span class="word">${word}</span></h2>
<p class="says" dir="auto">${says}</p>
<p class="why" dir="auto">${why}</p>
${caveats.length > 0 && warningsHtml(caveatsTitle, caveats)}<dl class="figures">
${figures.map(figureHtml)}</dl>
${checks && tableHtml(checks, 'verdict-checks')}</section>`;
}

function figureHtml({ name, value, unit, note }: Outcome['figures'][number]): Html {
  const shown = html`${value}${unit && html`<small>${unit}</small>`}`;
  return html`<div><dt>${name}</dt><dd class="value">${shown}</dd><dd class="note">${note}</dd></div>\n`;
}
