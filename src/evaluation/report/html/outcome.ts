import type { Outcome } from '../content/block.ts';
import { type Html, html } from './html.ts';
import { tableHtml } from './table.ts';

/** The answer first: one word, one sentence, the figures that matter, and the rules with their results. */
export function outcomeHtml({ word, tone, says, figures, checks }: Outcome): Html {
  return html`<section id="verdict" class="outcome ${tone}" aria-labelledby="verdict-title">
<h2 id="verdict-title">Verdict: <span class="word">${word}</span></h2>
<p class="says" dir="auto">${says}</p>
<dl class="figures">
${figures.map(({ name, value, unit, note }) => html`<div><dt>${name}</dt><dd class="value">${value}${unit && html`<small>${unit}</small>`}</dd><dd class="note">${note}</dd></div>\n`)}</dl>
${checks && tableHtml(checks, 'verdict-checks')}</section>`;
}
