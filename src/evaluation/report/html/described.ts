import { formatPercent } from '../../format.ts';
import type { Curve, Point } from '../content/block.ts';

/** What the picture of a curve shows, in words, for those who do not see it. */
export function described({ unit, training, validation, lastStep, checkpoints }: Curve): string {
  const figure = (value: number) => (unit === 'share' ? formatPercent(value) : value.toFixed(4));
  const told = (name: string, points: Point[]) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? [`${name} goes from ${figure(first[1])} to ${figure(last[1])}.`] : [];
  };
  const chosen = checkpoints.find((one) => one.chosen);
  return [
    ...told('Training', training),
    ...told('Validation', validation),
    `${lastStep.toLocaleString('en-US')} steps.`,
    ...(chosen ? [`The checkpoint of step ${chosen.step.toLocaleString('en-US')} was chosen.`] : []),
    'The table below has the figures.',
  ].join(' ');
}
