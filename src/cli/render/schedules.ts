import type { ScheduleSummary } from '../../client.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';
import { formatDate } from './time.ts';

/** Schedules as a table, times in local time. */
export function scheduleTable(schedules: readonly ScheduleSummary[], paint: Paint, timeZone?: string): string {
  const rows = schedules.map(({ name, starts, paused, nextRuns, recentRuns }) => [
    clean(name),
    starts,
    paused ? 'paused' : 'active',
    nextRuns[0] && !paused ? formatDate(nextRuns[0], timeZone) : '',
    clean(recentRuns.at(-1) ?? ''),
  ]);
  return table(['name', 'starts', 'state', 'next run', 'latest run'], rows, paint);
}
