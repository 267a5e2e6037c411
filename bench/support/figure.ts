import { table } from '../../src/cli/render/table.ts';
import { plain } from '../../src/cli/render/text.ts';

/** One thing measured. */
export interface Figure {
  what: string;
  measured: string;
  /** The bound it should keep, and whether it does. */
  reach?: { bound: string; kept: boolean };
  /** The same without this software, or without the part that is measured. */
  baseline?: string;
}

/** The figures side by side with their bounds and baselines. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, reach, baseline = '' }) => [
    what,
    measured,
    reach ? `${reach.bound}, ${reach.kept ? 'kept' : 'MISSED'}` : '',
    baseline,
  ]);
  return table(['measure', '#measured', 'reach', 'baseline'], rows, plain);
}

/** The middle one of an odd number of values. Throws for none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error('There is no median of nothing.');
  return middle;
}

/** Milliseconds as `2.35 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
