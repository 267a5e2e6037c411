import { formatCount } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { countsScale } from './scale.ts';

const parts = [
  ['train', 'Training'],
  ['validation', 'Validation'],
  ['test', 'Held out'],
] as const;

/** What the model learnt from and what it was asked, and what the checks of the data warn of. */
export function dataBlocks({ data }: RunReport): Block[] {
  const most = Math.max(...parts.map(([part]) => data[part].examples));
  return [
    {
      kind: 'table',
      caption: 'Examples and tokens',
      columns: [
        { name: 'Part' },
        { name: 'Examples', number: true },
        { name: 'Examples, drawn', scale: countsScale(most) },
        { name: 'Tokens', number: true },
      ],
      rows: parts.map(([part, name]) => [
        name,
        data[part].examples.toLocaleString('en-US'),
        { text: '', mark: { from: 0, to: data[part].examples, who: 'tuned' } },
        data[part].tokens.toLocaleString('en-US'),
      ]),
    },
    data.warnings.length === 0
      ? { kind: 'text', text: 'The checks of the data warn of nothing.' }
      : {
          kind: 'warnings',
          text: `The checks of the data gave ${formatCount(data.warnings.length, 'warning')}.`,
          items: data.warnings,
        },
  ];
}
