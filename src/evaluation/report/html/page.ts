import type { Content, Section } from '../content/block.ts';
import { blockHtml } from './block.ts';
import { type Html, html, raw } from './html.ts';
import { outcomeHtml } from './outcome.ts';
import { style } from './style/index.ts';

/** Nothing may be loaded and nothing may run, whatever the data hold. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const whole: Record<Content['of'], string> = { run: 'a run', evaluation: 'an evaluation' };

export function page(content: Content): Html {
  const { of, name, subtitle, simulated, outcome, sections } = content;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${name}: ${outcome.word}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<p class="product">tunewright <span>report of ${whole[of]}</span></p>
<h1 dir="auto">${name}</h1>
<p class="subtitle" dir="auto">${subtitle}</p>
</header>
<nav aria-label="Sections">
<ul>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul>
</nav>
<main id="content" tabindex="-1">
${simulated && html`<p class="simulated" role="note"><strong>Simulated.</strong> ${simulated}</p>\n`}
${outcomeHtml(outcome)}
${sections.map(sectionHtml)}</main>
<footer><p>Rendered by tunewright from the JSON report of the ${of}, which holds every figure.</p></footer>
</body>
</html>
`;
}

function sectionHtml({ id, title, blocks }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${blocks.map((block, at) => blockHtml(block, `${id}-${at}`))}</section>
`;
}
