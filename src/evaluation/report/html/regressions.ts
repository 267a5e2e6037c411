import type { RunReport } from '../../report.ts';
import type { Who } from '../content/block.ts';
import { changedPart } from '../content/change.ts';
import { cut } from './cut.ts';
import { type Html, html } from './html.ts';

const charactersShown = 2_000;

/** Each example on a card: what was asked, what is right, and the answers side by side. */
export function regressionsHtml(rows: RunReport['regressions'], names: Record<Who, string>): Html {
  return html`<ol class="regressions">
${rows.map((row) => regressionHtml(row, names))}</ol>
`;
}

function regressionHtml(row: RunReport['regressions'][number], names: Record<Who, string>): Html {
  const { index, question, reference, base, champion, tuned } = row;
  return html`<li>
<p class="index">Example ${index}</p>
${question !== undefined && html`<blockquote dir="auto">${cut(question, charactersShown)}</blockquote>`}
<dl>
${answer('right', 'Right answer', html`${cut(reference, charactersShown)}`)}
${answer('base', names.base, html`${cut(base, charactersShown)}`)}
${champion !== undefined && answer('champion', names.champion, html`${cut(champion, charactersShown)}`)}
${answer('tuned', names.tuned, tuned === undefined ? html`<em>no answer</em>` : marked(reference, tuned))}
</dl>
</li>
`;
}

function answer(kind: string, name: string, text: Html): Html {
  return html`<div class="${kind}"><dt>${name}</dt><dd dir="auto">${text}</dd></div>`;
}

/** The tuned model's answer, with what departs from the right one marked. */
function marked(reference: string, tuned: string): Html {
  const { before, changed, after } = changedPart(reference, cut(tuned, charactersShown));
  return html`${before}<mark>${changed}</mark>${after}`;
}
