import type { Account } from '../../client.ts';
import { formatUsd } from '../../evaluation/format.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

/** One account: its slots with who holds or waits for them, and its months. */
export function accountBlock({ connection, jobsAtOnce, holding, waiting, months }: Account, paint: Paint): string {
  const slots = jobsAtOnce === null ? 'any number of jobs' : `${holding.length} of ${jobsAtOnce} job slots taken`;
  const runs = [
    ...holding.map(({ run, model, since }) => ['job', run, model, '', since]),
    ...waiting.map(({ run, model, priority, since }, i) => [`waits, ${i + 1}.`, run, model, String(priority), since]),
  ];
  const money = months.map(({ month, spentUsd, reservedUsd, budgetUsd }) => [
    month,
    formatUsd(spentUsd),
    formatUsd(reservedUsd),
    budgetUsd === null ? '' : formatUsd(budgetUsd),
  ]);
  return [
    `${paint('bold', clean(connection))}  ${slots}, ${waiting.length} waiting`,
    ...(runs.length > 0 ? [table(['', 'run', 'base model', '#priority', 'since'], cleaned(runs), paint)] : []),
    ...(money.length > 0 ? [table(['month', '#spent', '#promised', '#budget'], money, paint)] : []),
  ].join('\n');
}

function cleaned(rows: readonly string[][]): string[][] {
  return rows.map((row) => row.map(clean));
}
