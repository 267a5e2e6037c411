import { scaleLinear } from 'd3-scale';
import type { Estimate } from '../../../contract/evaluation.ts';
import type { Mark, Scale, Who } from '../content/block.ts';
import { type Html, html } from './html.ts';

/**
 * A mark fills its cell: places are shares of the cell, sizes are pixels, so that nothing is ever stretched. The figures
 * that it shows stand beside it as text.
 */
export function markHtml(mark: Mark, scale: Scale): Html {
  const drawn = 'interval' in mark ? interval(mark.interval, mark.who, scale) : span(mark, scale);
  return html`<svg class="mark" aria-hidden="true">
${scale.ticks.map(({ at }) => gridLine(at, scale))}
<svg y="50%" overflow="visible">${drawn}</svg>
</svg>`;
}

/** The scale's figures, at the head of the column. */
export function axisHtml(scale: Scale): Html {
  const labels = scale.ticks.map(({ at, label }) => html`<text x="${place(at, scale)}" y="13">${label}</text>`);
  return html`<svg class="axis" height="18" aria-hidden="true">${labels}</svg>`;
}

function gridLine(at: number, scale: Scale): Html {
  const x = place(at, scale);
  return html`<line class="${at === 0 && scale.low < 0 ? 'zero' : 'grid'}" x1="${x}" x2="${x}" y2="100%"/>`;
}

function interval({ low, value, high }: Estimate, who: Who, scale: Scale): Html {
  const [from, to] = [place(low, scale), place(high, scale)];
  const end = (x: string) => html`<line x1="${x}" x2="${x}" y1="-5" y2="5"/>`;
  return html`<g class="interval ${who}">
<line x1="${from}" x2="${to}"/>${end(from)}${end(to)}
<svg x="${place(value, scale)}" overflow="visible">${dots[who]}</svg>
</g>`;
}

function span({ from, to, who }: { from: number; to: number; who: Who }, { low, high }: Scale): Html {
  const x = scaleLinear([low, high], [0, 100]).clamp(true);
  const width = Math.max(0, x(to) - x(from));
  return html`<rect class="span ${who}" x="${percent(x(from))}" y="-6" width="${percent(width)}" height="12" rx="2"/>`;
}

/** Colour is never all that tells one from another. */
const dots: Record<Who, Html> = {
  tuned: html`<circle r="6"/>`,
  base: html`<rect x="-5" y="-5" width="10" height="10"/>`,
  prompted: html`<path d="M0-7 7 6H-7Z"/>`,
  champion: html`<path d="M0-7.5 7.5 0 0 7.5-7.5 0Z"/>`,
};

function place(at: number, { low, high }: Scale): string {
  return percent(scaleLinear([low, high], [0, 100]).clamp(true)(at));
}

function percent(share: number): string {
  return `${Math.round(share * 100) / 100}%`;
}
