import { spentUsd } from '../../../contract/cost.ts';
import type { Cost } from '../../../contract/run.ts';
import { formatUsd } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { moneyScale } from './scale.ts';
import { tableOf } from './table.ts';

/** What was estimated and what it came to. */
export function costBlocks({ cost, simulated }: RunReport): Block[] {
  const spent = spentUsd(cost);
  const amounts = [
    ['Estimated before the run', cost.estimatedUsd, 'base'],
    ['Answers of the old model, before the run', cost.askedUsd, 'tuned'],
    ['Training', cost.trainingUsd, 'tuned'],
    ['Evaluation', cost.evaluationUsd, 'tuned'],
    ['Deployments', cost.hostingUsd, 'tuned'],
    ['Spent in all', spent, 'tuned'],
  ] as const;
  const known = amounts.flatMap(([name, amount, who]) => (amount === undefined ? [] : [{ name, amount, who }]));
  const sentence: Block = { kind: 'text', text: costSentence(cost, simulated) };
  if (known.length === 0) return [sentence];
  return [
    sentence,
    tableOf<(typeof known)[number]>('US dollars', known, [
      { name: 'For', cell: ({ name }) => name },
      { name: 'US dollars', number: true, cell: ({ amount }) => formatUsd(amount) },
      {
        name: 'US dollars, drawn',
        scale: moneyScale(Math.max(...known.map(({ amount }) => amount))),
        cell: ({ amount, who }) => ({ text: '', mark: { from: 0, to: amount, who } }),
      },
    ]),
  ];
}

function costSentence(cost: Cost, simulated: boolean): string {
  const total = cost.trainingUsd === undefined ? undefined : spentUsd(cost);
  const prices = `list prices${cost.pricesOf ? ` of ${cost.pricesOf}` : ''}`;
  if (simulated) {
    const nobody = 'Simulated: nobody was billed';
    return total === undefined ? `${nobody}.` : `${nobody}; at ${prices} this run would cost ${formatUsd(total)}.`;
  }
  return total === undefined ? 'What this run cost is not known.' : `At ${prices} this run cost ${formatUsd(total)}.`;
}
