import { formatDuration } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Who } from './block.ts';
import { durationScale } from './scale.ts';
import { tableOf } from './table.ts';

interface Span {
  name: string;
  /** Milliseconds since the run began. */
  from: number;
  to: number;
  startedAt: string;
  who: Who;
}

/** When each stage ran. The report is written within the last one, which has no end of its own yet. */
export function timingBlocks({ timings, startedAt, endedAt }: RunReport): Block[] {
  const since = (iso: string) => Date.parse(iso) - Date.parse(startedAt);
  const span = (name: string, from: string, to: string, who: Who): Span => ({
    name,
    from: since(from),
    to: since(to),
    startedAt: from,
    who,
  });
  const spans = [
    ...timings.map((timing) => span(timing.stage, timing.startedAt, timing.endedAt ?? endedAt, 'tuned')),
    span('all', startedAt, endedAt, 'base'),
  ];
  return [
    tableOf<Span>('Stages on the clock', spans, [
      { name: 'Stage', cell: ({ name }) => name },
      { name: 'Took', number: true, cell: ({ from, to }) => formatDuration(to - from) },
      {
        name: 'Since the start',
        scale: durationScale(since(endedAt)),
        cell: ({ from, to, who }) => ({ text: '', mark: { from, to, who } }),
      },
      { name: 'Started', cell: (one) => ({ text: one.startedAt, code: true }) },
    ]),
  ];
}
