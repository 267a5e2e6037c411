import { formatCount } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { countsScale } from './scale.ts';
import { tableOf } from './table.ts';

/** What the model learnt from and what it was asked, and what the checks of the data warn of. */
export function dataBlocks({ data }: RunReport): Block[] {
  const parts = [
    { part: 'Training', ...data.train },
    { part: 'Validation', ...data.validation },
    { part: 'Held out', ...data.test },
  ];
  const table = tableOf<(typeof parts)[number]>('Examples and tokens', parts, [
    { name: 'Part', cell: ({ part }) => part },
    { name: 'Examples', number: true, cell: ({ examples }) => examples.toLocaleString('en-US') },
    {
      name: 'Examples, drawn',
      scale: countsScale(Math.max(...parts.map(({ examples }) => examples))),
      cell: ({ examples }) => ({ text: '', mark: { from: 0, to: examples, who: 'tuned' } }),
    },
    { name: 'Tokens', number: true, cell: ({ tokens }) => tokens.toLocaleString('en-US') },
  ]);
  return [table, warningBlock(data.warnings)];
}

export function warningBlock(items: string[]): Block {
  if (items.length === 0) return { kind: 'text', text: 'The checks of the data warn of nothing.' };
  return { kind: 'warnings', text: `The checks of the data gave ${formatCount(items.length, 'warning')}.`, items };
}
