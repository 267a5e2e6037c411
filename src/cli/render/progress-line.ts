import type { RunProgress } from '../../contract/run.ts';
import { amount, ending, losses, message, queue } from './live.ts';
import { howToAnswer } from './question.ts';
import { clean } from './text.ts';
import { tryState } from './tries.ts';

/** Where a run is, on one line: for logs. */
export function progressLine(progress: RunProgress, now: Date, timeZone?: string): string {
  const { name, status, stage, earlyStop, live, question, tries = [] } = progress;
  const parts = live
    ? [queue(live), live.platformStatus, amount(live), losses(live), ending(progress, now, timeZone), message(live)]
    : [];
  const trouble = live?.trouble && `trouble: ${live.trouble}`;
  const asks = question && `asks: ${question.message} ${howToAnswer(name, question)}`;
  const early = earlyStop && `early stop, ${earlyStop.state}: ${earlyStop.why}`;
  const trying = stage === 'train' ? tries.map(tryState) : [];
  const details = [...parts, ...trying, early, trouble, asks].filter(Boolean).join(', ');
  return clean(`${name} ${status}: ${stage}${details ? `, ${details}` : ''}`);
}
