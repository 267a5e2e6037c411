import type { SlicedBy } from '../../../contract/verdict.ts';
import { formatInterval, formatPercent } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Table } from './block.ts';
import { differenceCell } from './differences.ts';
import { incumbentOf, names } from './rivals.ts';
import { differencesScale } from './scale.ts';

const rowsShown = 15;

/** The tuned model on parts of the held-out examples: where it is worse comes first. */
export function sliceBlocks(report: RunReport): Block[] {
  return report.slices.filter(({ slices }) => slices.length > 0).map((one) => sliced(one, report));
}

function sliced({ field, slices }: SlicedBy, report: RunReport): Table {
  const other = incumbentOf(report).role;
  const name = field === 'reference' ? 'right answer' : field;
  const sorted = slices.toSorted((a, b) => a.difference.value - b.difference.value || b.examples - a.examples);
  return {
    kind: 'table',
    caption: `By ${name}, against the ${names[other].toLowerCase()}; what got worse comes first`,
    shown: rowsShown,
    columns: [
      { name },
      { name: 'Difference', number: true },
      { name: 'Difference with its interval', scale: differencesScale(slices.map((slice) => slice.difference)) },
      { name: 'Interval', number: true },
      { name: 'Examples', number: true },
      { name: names.tuned, number: true },
      { name: names[other], number: true },
    ],
    rows: sorted.map(({ value, examples, tuned, rivals, difference }) => [
      value,
      differenceCell(difference),
      { text: '', mark: { interval: difference, who: 'tuned' } },
      formatInterval(difference),
      String(examples),
      formatPercent(tuned.value),
      rivals[other] === undefined ? '' : formatPercent(rivals[other].value),
    ]),
  };
}
