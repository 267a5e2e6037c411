import { type Html, html } from './html.ts';

export function warningsHtml(text: string, items: readonly string[]): Html {
  return html`<div class="warnings" role="note">
<p>${text}</p>
<ul>${items.map((item) => html`<li dir="auto">${item}</li>`)}</ul>
</div>
`;
}
