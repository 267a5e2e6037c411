import type { Estimate } from '../../../contract/evaluation.ts';
import type { Rival } from '../../../contract/verdict.ts';
import { formatInterval, formatPoints, formatPValue } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Cell, Table } from './block.ts';
import { confidenceOf, names } from './rivals.ts';
import { differencesScale } from './scale.ts';
import { tableOf } from './table.ts';

/** The tuned model against each other one. */
export function differences(report: RunReport): Table {
  const { rivals } = report;
  const interval = `${confidenceOf(report)} interval`;
  const several = rivals.length > 1;
  return tableOf<Rival>('The tuned model against each other one; above 0 it is better', rivals, [
    { name: 'Against', cell: ({ role }) => ({ text: names[role], who: role }) },
    { name: 'Difference', number: true, cell: ({ difference }) => differenceCell(difference) },
    {
      name: 'Difference with its interval',
      scale: differencesScale(rivals.map(({ difference }) => difference)),
      cell: ({ difference, role }) => ({ text: '', mark: { interval: difference, who: role } }),
    },
    { name: interval, number: true, cell: ({ difference }) => formatInterval(difference) },
    { name: 'Fixed', number: true, cell: ({ fixed }) => String(fixed) },
    { name: 'Broken', number: true, cell: ({ broken }) => String(broken) },
    { name: 'Same', number: true, cell: (rival) => String(unchangedOf(rival, report)) },
    { name: 'p', number: true, cell: ({ pValue }) => bare(pValue) },
    several && { name: 'p, Holm', number: true, cell: ({ adjustedPValue }) => bare(adjustedPValue) },
    rivals.some(({ ungraded = 0 }) => ungraded > 0) && {
      name: 'Left out',
      number: true,
      cell: ({ ungraded = 0 }) => String(ungraded),
    },
    rivals.some(({ atWorst }) => atWorst !== undefined) && {
      name: 'At worst',
      number: true,
      cell: ({ atWorst }) => (atWorst ? formatInterval(atWorst.difference) : ''),
    },
    rivals.some(({ scores }) => scores !== undefined) && {
      name: 'Difference of mean scores',
      number: true,
      cell: ({ scores }) => (scores ? meanDifference(scores.difference) : ''),
    },
  ]);
}

/** Answers that both could be graded of, and that are right or wrong by both. */
function unchangedOf({ fixed, broken, ungraded = 0 }: Rival, { comparison }: RunReport): number {
  return comparison.tuned.examples - ungraded - fixed - broken;
}

/** A difference in points, with a tone where its interval leaves out 0. */
export function differenceCell(difference: Estimate): Cell {
  return { text: formatPoints(difference.value), ...toned(difference) };
}

function meanDifference(difference: Estimate): Cell {
  const [value, low, high] = [difference.value, difference.low, difference.high].map((one) => one.toFixed(3));
  return { text: `${difference.value > 0 ? '+' : ''}${value} (${low} to ${high})`, ...toned(difference) };
}

function toned({ low, high }: Estimate): Pick<Cell, 'tone'> {
  if (low > 0) return { tone: 'good' };
  return high < 0 ? { tone: 'bad' } : {};
}

/** `0.012` and `< 0.001`, under a head that says p. */
function bare(pValue: number): string {
  return formatPValue(pValue).replace(/^p (= )?/, '');
}
