import type { Slice, SlicedBy } from '../../../contract/verdict.ts';
import { formatInterval, formatPercent } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Table } from './block.ts';
import { differenceCell } from './differences.ts';
import { incumbentOf, names } from './rivals.ts';
import { differencesScale } from './scale.ts';
import { tableOf } from './table.ts';

const rowsShown = 15;

/** The tuned model on parts of the held-out examples: where it is worse comes first. */
export function sliceBlocks(report: RunReport): Block[] {
  return report.slices.filter(({ slices }) => slices.length > 0).map((one) => sliced(one, report));
}

function sliced({ field, slices }: SlicedBy, report: RunReport): Table {
  const other = incumbentOf(report).role;
  const name = field === 'reference' ? 'Right answer' : field;
  const sorted = slices.toSorted((a, b) => a.difference.value - b.difference.value || b.examples - a.examples);
  const caption = `${name}: the tuned model against the ${names[other].toLowerCase()}; what got worse comes first`;
  const table = tableOf<Slice>(caption, sorted, [
    { name, cell: ({ value }) => value },
    { name: 'Difference', number: true, cell: ({ difference }) => differenceCell(difference) },
    {
      name: 'Difference with its interval',
      scale: differencesScale(slices.map(({ difference }) => difference)),
      cell: ({ difference }) => ({ text: '', mark: { interval: difference, who: 'tuned' } }),
    },
    { name: '95% interval', number: true, cell: ({ difference }) => formatInterval(difference) },
    { name: 'Examples', number: true, cell: ({ examples }) => String(examples) },
    { name: names.tuned, number: true, cell: ({ tuned }) => formatPercent(tuned.value) },
    { name: names[other], number: true, cell: ({ rivals }) => share(rivals[other]?.value) },
  ]);
  return { ...table, shown: rowsShown };
}

function share(value: number | undefined): string {
  return value === undefined ? '' : formatPercent(value);
}
