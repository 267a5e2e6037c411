import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { countsScale } from './scale.ts';

const rowsShown = 15;

/** What the tuned model takes for what, the most frequent first. */
export function confusionBlocks({ confusions }: RunReport): Block[] {
  if (confusions.length === 0) return [];
  const sorted = confusions.toSorted((a, b) => b.count - a.count);
  return [
    {
      kind: 'table',
      caption: 'Labels that the tuned model takes for others, the most frequent first',
      shown: rowsShown,
      columns: [
        { name: 'Right answer' },
        { name: 'Answered' },
        { name: 'Times', number: true },
        { name: 'Times, drawn', scale: countsScale(sorted[0]?.count ?? 0) },
      ],
      rows: sorted.map(({ reference, answer, count }) => [
        reference,
        answer,
        String(count),
        { text: '', mark: { from: 0, to: count, who: 'tuned' } },
      ]),
    },
  ];
}
