import type { RunReport } from '../../report.ts';
import { changedPart } from '../content/change.ts';
import { names } from '../content/rivals.ts';
import { cut } from './cut.ts';
import { type Html, html } from './html.ts';

const charactersShown = 2_000;

/** Each example on a card: what was asked, what is right, and the answers side by side. */
export function regressionsHtml(rows: RunReport['regressions']): Html {
  return html`<ol class="regressions">
${rows.map(
  ({ index, question, reference, base, champion, tuned }) => html`<li>
<p class="index">Example ${index}</p>
${question === undefined ? '' : html`<blockquote dir="auto">${cut(question, charactersShown)}</blockquote>`}
<dl>
${answer('right', 'Right answer', reference)}
${answer('base', names.base, base)}
${champion === undefined ? '' : answer('champion', names.champion, champion)}
${tuned === undefined ? html`<div class="tuned"><dt>${names.tuned}</dt><dd class="none">no answer</dd></div>` : changed(reference, tuned)}
</dl>
</li>
`,
)}</ol>
`;
}

function answer(kind: string, name: string, text: string): Html {
  return html`<div class="${kind}"><dt>${name}</dt><dd dir="auto">${cut(text, charactersShown)}</dd></div>`;
}

/** The tuned model's answer, with what departs from the right one marked. */
function changed(reference: string, tuned: string): Html {
  const { before, changed, after } = changedPart(reference, cut(tuned, charactersShown));
  return html`<div class="tuned"><dt>${names.tuned}</dt><dd dir="auto">${before}<mark>${changed}</mark>${after}</dd></div>`;
}
