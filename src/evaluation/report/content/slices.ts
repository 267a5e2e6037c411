import type { RivalRole, Slice, SlicedBy } from '../../../contract/verdict.ts';
import { formatInterval, formatPercent } from '../../format.ts';
import type { Block, Table } from './block.ts';
import { differenceCell } from './differences.ts';
import { differencesScale } from './scale.ts';
import { tableOf } from './table.ts';

const rowsShown = 15;

/** A model of which the slices are, and what it is set against: within a sentence, and as a column's head. */
export interface Sides {
  model: { name: string; head: string };
  other: { role: RivalRole; name: string; head: string };
}

/** A model on parts of the examples: where it is worse comes first. */
export function sliceBlocks(slices: readonly SlicedBy[], sides: Sides): Block[] {
  return slices.filter((one) => one.slices.length > 0).map((one) => sliced(one, sides));
}

function sliced({ field, slices }: SlicedBy, { model, other }: Sides): Table {
  const name = field === 'reference' ? 'Right answer' : field;
  const sorted = slices.toSorted((a, b) => a.difference.value - b.difference.value || b.examples - a.examples);
  const caption = `${name}: ${model.name} against ${other.name}; what got worse comes first`;
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
    { name: model.head, number: true, cell: ({ tuned }) => formatPercent(tuned.value) },
    { name: other.head, number: true, cell: ({ rivals }) => share(rivals[other.role]?.value) },
  ]);
  return { ...table, shown: rowsShown };
}

function share(value: number | undefined): string {
  return value === undefined ? '' : formatPercent(value);
}
