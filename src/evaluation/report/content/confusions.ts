import type { Confusion } from '../../../contract/verdict.ts';
import type { Block } from './block.ts';
import { countsScale } from './scale.ts';
import { tableOf } from './table.ts';

const rowsShown = 15;

/** What a model takes for what, the most frequent first. */
export function confusionBlocks(confusions: readonly Confusion[], model: string): Block[] {
  if (confusions.length === 0) return [];
  const sorted = confusions.toSorted((a, b) => b.count - a.count);
  const caption = `Labels that ${model} takes for others, the most frequent first`;
  const table = tableOf<Confusion>(caption, sorted, [
    { name: 'Right answer', cell: ({ reference }) => reference },
    { name: 'Answered', cell: ({ answer }) => answer },
    { name: 'Times', number: true, cell: ({ count }) => String(count) },
    {
      name: 'Times, drawn',
      scale: countsScale(sorted[0]?.count ?? 0),
      cell: ({ count }) => ({ text: '', mark: { from: 0, to: count, who: 'tuned' } }),
    },
  ]);
  return [{ ...table, shown: rowsShown }];
}
