import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { formatPercent } from '../../format.ts';
import type { Curve } from '../content/block.ts';
import { type Html, html } from './html.ts';

/** The curves are drawn in a square that is stretched to its room; texts stand at shares of it and are not stretched. */
const side = 1000;

export function curveHtml(curve: Curve, id: string): Html {
  const { title, unit, training, validation, lastStep, checkpoints } = curve;
  const highest = Math.max(
    ...[...training, ...validation].map(([, value]) => value),
    ...checkpoints.map(({ value = 0 }) => value),
  );
  const x = scaleLinear([0, lastStep], [0, side]);
  const y = scaleLinear([0, unit === 'share' ? 1 : highest || 1], [side, 0]).nice(5);
  const path = line<readonly [number, number]>()
    .x(([step]) => x(step))
    .y(([, value]) => y(value))
    .digits(1);
  const share = (at: number) => `${Math.round((at / side) * 10_000) / 100}%`;
  const figure = (value: number) => (unit === 'share' ? `${Math.round(value * 100)}%` : String(value));
  const marked = checkpoints.filter((one): one is typeof one & { value: number } => one.value !== undefined);
  return html`<figure class="curve">
<figcaption>${title}</figcaption>
<ul class="legend">
${training.length > 0 ? html`<li><svg width="26" height="10" aria-hidden="true"><line class="training" x1="0" x2="26" y1="5" y2="5"/></svg>training</li>` : ''}
${validation.length > 0 ? html`<li><svg width="26" height="10" aria-hidden="true"><line class="validation" x1="0" x2="26" y1="5" y2="5"/></svg>validation</li>` : ''}
${marked.length > 0 ? html`<li><svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${diamond('')}</svg>checkpoint, on all validation examples</li>` : ''}
${marked.some(({ chosen }) => chosen) ? html`<li><svg width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true">${diamond('chosen')}</svg>the chosen one</li>` : ''}
</ul>
<svg class="plot" height="240" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text">
<title id="${id}-title">${title} over the steps of the training</title>
<desc id="${id}-text">${described(curve)}</desc>
${y.ticks(5).map((value) => html`<line class="grid" x1="0" x2="100%" y1="${share(y(value))}" y2="${share(y(value))}"/><text class="y" x="-8" y="${share(y(value))}" dy="4">${figure(value)}</text>`)}
${x.ticks(5).map((step) => html`<text class="x" x="${share(x(step))}" y="100%" dy="18">${step.toLocaleString('en-US')}</text>`)}
<text class="x name" x="50%" y="100%" dy="36">step</text>
<svg width="100%" height="100%" viewBox="0 0 ${side} ${side}" preserveAspectRatio="none" overflow="visible">
<path class="training" d="${path(training) ?? ''}"/>
<path class="validation" d="${path(validation) ?? ''}"/>
</svg>
${marked.map(({ step, value, chosen }) => html`<svg x="${share(x(step))}" y="${share(y(value))}" overflow="visible">${diamond(chosen ? 'chosen' : '')}</svg>`)}
</svg>
</figure>
`;
}

function diamond(kind: 'chosen' | ''): Html {
  return html`<g class="checkpoint ${kind}">${kind === 'chosen' ? html`<circle r="9"/>` : ''}<path d="M0-5 5 0 0 5-5 0Z"/></g>`;
}

/** What the picture shows, for those who do not see it. */
function described({ unit, training, validation, lastStep, checkpoints }: Curve): string {
  const figure = (value: number) => (unit === 'share' ? formatPercent(value) : value.toFixed(4));
  const told = (name: string, points: Curve['training']) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? `${name} goes from ${figure(first[1])} to ${figure(last[1])}. ` : '';
  };
  const chosen = checkpoints.find((one) => one.chosen);
  const taken = chosen ? ` The checkpoint of step ${chosen.step} was chosen.` : '';
  return `${told('Training', training)}${told('Validation', validation)}${lastStep} steps.${taken} The table below has the figures.`;
}
