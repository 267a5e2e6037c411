import type { Estimate } from '../../../contract/evaluation.ts';
import type { Rival } from '../../../contract/verdict.ts';
import { formatInterval, formatPoints, formatPValue } from '../../format.ts';
import type { Cell, Table, Who } from './block.ts';
import { differencesScale } from './scale.ts';
import { tableOf } from './table.ts';

/** What two models show against each other, as a row is called and drawn. */
export interface Against
  extends Pick<
    Rival,
    'difference' | 'fixed' | 'broken' | 'pValue' | 'adjustedPValue' | 'ungraded' | 'atWorst' | 'scores'
  > {
  who: Who;
  name: string;
  /** That both were asked. */
  examples: number;
}

interface Heads {
  /** Of the column that names the row. */
  first: string;
  /** Of the intervals of the differences. */
  interval: string;
}

export function differencesTable(caption: string, rows: readonly Against[], { first, interval }: Heads): Table {
  const several = rows.length > 1;
  return tableOf<Against>(caption, rows, [
    { name: first, cell: ({ name, who }) => ({ text: name, who }) },
    { name: 'Difference', number: true, cell: ({ difference }) => differenceCell(difference) },
    {
      name: 'Difference with its interval',
      scale: differencesScale(rows.map(({ difference }) => difference)),
      cell: ({ difference, who }) => ({ text: '', mark: { interval: difference, who } }),
    },
    { name: interval, number: true, cell: ({ difference }) => formatInterval(difference) },
    { name: 'Fixed', number: true, cell: ({ fixed }) => String(fixed) },
    { name: 'Broken', number: true, cell: ({ broken }) => String(broken) },
    { name: 'Same', number: true, cell: (row) => String(unchangedOf(row)) },
    { name: 'p', number: true, cell: ({ pValue }) => bare(pValue) },
    several && { name: 'p, Holm', number: true, cell: ({ adjustedPValue }) => bare(adjustedPValue) },
    rows.some(({ ungraded = 0 }) => ungraded > 0) && {
      name: 'Left out',
      number: true,
      cell: ({ ungraded = 0 }) => String(ungraded),
    },
    rows.some(({ atWorst }) => atWorst !== undefined) && {
      name: 'At worst',
      number: true,
      cell: ({ atWorst }) => (atWorst ? formatInterval(atWorst.difference) : ''),
    },
    rows.some(({ scores }) => scores !== undefined) && {
      name: 'Difference of mean scores',
      number: true,
      cell: ({ scores }) => (scores ? meanDifference(scores.difference) : ''),
    },
  ]);
}

/** Answers that both could be graded of, and that are right or wrong by both. */
function unchangedOf({ examples, fixed, broken, ungraded = 0 }: Against): number {
  return examples - ungraded - fixed - broken;
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
