import { formatDuration } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { durationScale } from './scale.ts';

/** When each stage ran. The report is written within the last one, which has no end of its own yet. */
export function timingBlocks({ timings, startedAt, endedAt }: RunReport): Block[] {
  const start = Date.parse(startedAt);
  const whole = Date.parse(endedAt) - start;
  const row = (stage: string, from: string, to: string, who: 'tuned' | 'base') => [
    stage,
    formatDuration(Date.parse(to) - Date.parse(from)),
    { text: '', mark: { from: Date.parse(from) - start, to: Date.parse(to) - start, who } },
    { text: from, code: true as const },
  ];
  return [
    {
      kind: 'table',
      caption: 'Stages on the clock',
      columns: [
        { name: 'Stage' },
        { name: 'Took', number: true },
        { name: 'Since the start', scale: durationScale(whole) },
        { name: 'Started' },
      ],
      rows: [
        ...timings.map((timing) => row(timing.stage, timing.startedAt, timing.endedAt ?? endedAt, 'tuned')),
        row('all', startedAt, endedAt, 'base'),
      ],
    },
  ];
}
