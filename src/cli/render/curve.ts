import type { TrainingMetrics } from '../../contract/run.ts';

const blocks = '▁▂▃▄▅▆▇█';

type Loss = 'trainLoss' | 'validLoss';
const told = [
  ['trainLoss', 'training loss'],
  ['validLoss', 'validation loss'],
] as const;

/**
 * The losses seen so far, a line each: `width` characters that stand for the steps of the whole training, so that they
 * grow as its bar does, and the last value. Both have one scale. Nothing before two different steps were seen.
 */
export function lossCurves(points: readonly TrainingMetrics[], totalSteps: number, width: number): string[] {
  const values = points.flatMap(({ trainLoss, validLoss }) =>
    [trainLoss, validLoss].filter((one) => one !== undefined),
  );
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const height = (value: number) =>
    blocks[Math.round(((value - lowest) / (highest - lowest || 1)) * (blocks.length - 1))] ?? '';
  return told.flatMap(([loss, name]) => {
    const columns = columnsOf(points, loss, totalSteps, width);
    if (columns.filter((value) => value !== undefined).length < 2) return [];
    const line = columns.map((value) => (value === undefined ? ' ' : height(value))).join('');
    const last = points.findLast((point) => point[loss] !== undefined)?.[loss];
    return [`${line}  ${name} ${last?.toFixed(4)}`];
  });
}

/** The value in each column: of those that fall into it the last, between two known ones a straight line. */
function columnsOf(points: readonly TrainingMetrics[], loss: Loss, totalSteps: number, width: number) {
  const columns: (number | undefined)[] = Array.from({ length: width }, () => undefined);
  let before: { at: number; value: number } | undefined;
  for (const point of points) {
    const value = point[loss];
    if (value === undefined) continue;
    const at = Math.min(width - 1, Math.floor(((point.step - 1) / totalSteps) * width));
    if (before) {
      for (let between = before.at + 1; between < at; between++) {
        const share = (between - before.at) / (at - before.at);
        columns[between] = before.value + share * (value - before.value);
      }
    }
    columns[at] = value;
    before = { at, value };
  }
  return columns;
}
