import type { Point } from './block.ts';

const pointsAtMost = 600;

/** A curve in at most 600 points that looks the same: of each stretch of steps its lowest and its highest are kept. */
export function thinned(points: readonly Point[]): Point[] {
  if (points.length <= pointsAtMost) return [...points];
  const size = points.length / (pointsAtMost / 2);
  const kept = Array.from({ length: pointsAtMost / 2 }, (_, at) => {
    const stretch = points.slice(Math.floor(at * size), Math.floor((at + 1) * size));
    const sorted = stretch.toSorted((a, b) => a[1] - b[1]);
    return [sorted[0], sorted.at(-1)].filter((point) => point !== undefined).sort((a, b) => a[0] - b[0]);
  });
  return kept.flat();
}
