import { scaleLinear } from 'd3-scale';
import type { Estimate } from '../../../contract/evaluation.ts';
import { formatDuration } from '../../format.ts';
import type { Scale } from './block.ts';

/** There must be room for their figures in a narrow column. */
const ticksWanted = 3;
const labelsAtMost = 4;
/** Ends are rounded by little, so that intervals have the width of the column. */
const tight = 10;

/** Shares from 0 to 100%. */
export const shares: Scale = {
  low: 0,
  high: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: at % 0.5 === 0 ? `${at * 100}%` : '' })),
};

/** Wide enough for all intervals of differences and for 0, in points. */
export function differencesScale(estimates: readonly Estimate[]): Scale {
  const low = Math.min(0, ...estimates.map((estimate) => estimate.low));
  const high = Math.max(0, ...estimates.map((estimate) => estimate.high));
  const points = low === high ? { low: -1, high: 1 } : { low: low * 100, high: high * 100 };
  return linear(points.low, points.high, 0.01, (at) => `${at > 0 ? '+' : ''}${at}`);
}

/** From 0 to `highest`. */
export function countsScale(highest: number): Scale {
  return linear(0, Math.max(1, highest), 1, (at) => (Number.isInteger(at) ? at.toLocaleString('en-US') : ''));
}

/** US dollars from 0. */
export function moneyScale(highest: number): Scale {
  return linear(0, highest || 1, 1, (at) => `$${at}`);
}

/** Milliseconds from 0, told in the unit that suits the whole. */
export function durationScale(ms: number): Scale {
  const unit = [3_600_000, 60_000, 1_000].find((size) => ms >= 2 * size) ?? 1;
  const names: Record<number, string> = { 3600000: 'h', 60000: 'min', 1000: 's', 1: 'ms' };
  const ticks = scaleLinear([0, ms / unit], [0, 1]).ticks(ticksWanted);
  return {
    low: 0,
    high: Math.max(1, ms),
    ticks: ticks.map((at) => ({ at: at * unit, label: `${at} ${names[unit] ?? formatDuration(at * unit)}` })),
  };
}

function linear(low: number, high: number, size: number, label: (at: number) => string): Scale {
  const scale = scaleLinear([low, high], [0, 1]).nice(tight);
  const [from = low, to = high] = scale.domain();
  const ticks = scale.ticks(ticksWanted);
  // Where there are more, every second one is called, and 0 among them.
  const every = ticks.length > labelsAtMost ? 2 : 1;
  const origin = Math.max(0, ticks.indexOf(0));
  return {
    low: from * size,
    high: to * size,
    ticks: ticks.map((at, index) => ({ at: at * size, label: (index - origin) % every === 0 ? label(at) : '' })),
  };
}
