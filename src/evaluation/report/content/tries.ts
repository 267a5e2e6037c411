import { spentUsd } from '../../../contract/cost.ts';
import type { Try } from '../../../contract/tries.ts';
import { formatCount, formatInterval, formatPercent, formatUsd } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import { settingsOf } from '../../tries.ts';
import type { Block, Cell } from './block.ts';
import { shares } from './scale.ts';
import { type Field, tableOf } from './table.ts';

/** The bases and parameters that were tried, and why one of them was chosen. */
export function tryBlocks({ tries }: RunReport): Block[] {
  if (!tries) return [];
  const asked = Math.max(0, ...tries.map((one) => one.asked ?? 0));
  return [
    {
      kind: 'text',
      text: `Chosen by the share of ${formatCount(asked, 'validation example')} answered right. The best of several looks a little better there than it is: what it is worth is shown by the held-out examples, which had no part in the choice. Models that were not chosen stay at the platform.`,
    },
    tableOf<Try>('Each try', tries, columns),
    tableOf<Try>('Why, and what is left of each', tries, [
      { name: 'Try', cell: ({ name }) => name },
      { name: 'Why', cell: ({ says = '' }) => says },
      { name: 'Job', cell: ({ job }) => code(job?.id) },
      { name: 'Model', cell: ({ model, job }) => code(model ?? job?.model) },
    ]),
  ];
}

const columns: Field<Try>[] = [
  { name: 'Try', cell: (one) => ({ text: one.name, who: 'tuned', detail: settingsOf(one) }) },
  { name: 'Result', cell: resultOf },
  { name: 'Score', number: true, cell: ({ score }) => (score ? formatPercent(score.value) : '') },
  {
    name: 'Score with its interval',
    scale: shares,
    cell: ({ score }) => (score ? { text: '', mark: { interval: score, who: 'tuned' } } : ''),
  },
  { name: '95% interval', number: true, cell: ({ score }) => (score ? formatInterval(score) : '') },
  { name: 'Train loss', number: true, cell: ({ metrics }) => loss(metrics?.trainLoss) },
  { name: 'Validation loss', number: true, cell: ({ metrics }) => loss(metrics?.validLoss) },
  { name: 'US dollars', number: true, cell: ({ cost }) => usd(spentUsd(cost)) },
];

function resultOf({ chosen, status }: Try): Cell {
  if (chosen) return { text: '✓ chosen', tone: 'good' };
  return status === 'trained' ? { text: 'not chosen', tone: 'neutral' } : { text: status, tone: 'bad' };
}

function code(text: string | undefined): Cell | string {
  return text === undefined ? '' : { text, code: true };
}

/** One that was no number any more is null in JSON. */
function loss(nats: number | null | undefined): string {
  return nats?.toFixed(4) ?? '';
}

function usd(amount: number | undefined): string {
  return amount === undefined ? '' : formatUsd(amount);
}
