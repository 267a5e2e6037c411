import type { RunProgress } from '../../contract/run.ts';
import { formatPercent } from '../../evaluation/format.ts';
import { shortCost } from './cost.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatDate } from './time.ts';

/** Runs as a table. */
export function runTable(runs: readonly RunProgress[], paint: Paint, timeZone?: string): string {
  const rows = runs.map(({ name, status, stage, baseModel, scores, cost, startedAt }) => [
    clean(name),
    status,
    stage,
    clean(baseModel),
    scores ? formatPercent(scores.tuned.value) : '',
    shortCost(cost),
    formatDate(startedAt, timeZone),
  ]);
  return table(['name', 'status', 'stage', 'base model', '#score', '#cost', 'started'], rows, paint);
}
