import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { Curve, Point } from '../content/block.ts';
import { described } from './described.ts';
import { type Html, html } from './html.ts';

/** The curves lie in a square that is stretched to its room; texts stand at shares of it and are not stretched. */
const side = 1000;
const ticks = 5;

export function curveHtml(curve: Curve, id: string): Html {
  const { title, training, validation } = curve;
  const { x, y } = scales(curve);
  const path = line<Point>()
    .x(([step]) => x(step))
    .y(([, value]) => y(value))
    .digits(1);
  return html`<figure class="curve">
<figcaption>${title}</figcaption>
${legend(curve)}
<svg class="plot" height="240" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text">
<title id="${id}-title">${title} over the steps of the training</title>
<desc id="${id}-text">${described(curve)}</desc>
${y.ticks(ticks).map((value) => row(share(y(value)), figure(curve, value)))}
${x.ticks(ticks).map((step) => xText(share(x(step)), 18, step.toLocaleString('en-US')))}
${xText('50%', 36, 'step')}
<svg width="100%" height="100%" viewBox="0 0 ${side} ${side}" preserveAspectRatio="none" overflow="visible">
<path class="training" d="${path(training) ?? ''}"/>
<path class="validation" d="${path(validation) ?? ''}"/>
</svg>
${marks(curve).map(({ step, value, chosen }) => placed(share(x(step)), share(y(value)), diamond(chosen)))}
</svg>
</figure>
`;
}

function scales({ unit, training, validation, lastStep, checkpoints }: Curve) {
  const values = [...training, ...validation].map(([, value]) => value);
  const highest = Math.max(...values, ...checkpoints.map(({ value = 0 }) => value));
  return {
    x: scaleLinear([0, lastStep], [0, side]),
    y: scaleLinear([0, unit === 'share' ? 1 : highest || 1], [side, 0]).nice(ticks),
  };
}

/** Checkpoints of which the value is known. */
function marks({ checkpoints }: Curve) {
  return checkpoints.flatMap(({ value, ...one }) => (value === undefined ? [] : [{ ...one, value }]));
}

function legend(curve: Curve): Html {
  const marked = marks(curve);
  const stroke = (kind: string) => html`<line class="${kind}" x1="-13" x2="13"/>`;
  return html`<ul class="legend">
${curve.training.length > 0 && entry('training', stroke('training'))}
${curve.validation.length > 0 && entry('validation', stroke('validation'))}
${marked.length > 0 && entry('checkpoint, on all validation examples', diamond(false))}
${marked.some(({ chosen }) => chosen) && entry('the chosen one', diamond(true))}
</ul>`;
}

function entry(name: string, sign: Html): Html {
  return html`<li><svg width="28" height="20" viewBox="-14 -10 28 20" aria-hidden="true">${sign}</svg>${name}</li>`;
}

function diamond(chosen: boolean): Html {
  const ring = chosen && html`<circle r="9"/>`;
  return html`<g class="checkpoint ${chosen ? 'chosen' : ''}">${ring}<path d="M0-5 5 0 0 5-5 0Z"/></g>`;
}

function row(y: string, text: string): Html {
  return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/>
<text class="y" x="-8" y="${y}" dy="4">${text}</text>
`;
}

function xText(x: string, below: number, text: string): Html {
  return html`<text class="x" x="${x}" y="100%" dy="${below}">${text}</text>`;
}

function placed(x: string, y: string, drawn: Html): Html {
  return html`<svg x="${x}" y="${y}" overflow="visible">${drawn}</svg>`;
}

function figure({ unit }: Curve, value: number): string {
  return unit === 'share' ? `${Math.round(value * 100)}%` : String(value);
}

function share(at: number): string {
  return `${Math.round((at / side) * 10_000) / 100}%`;
}
