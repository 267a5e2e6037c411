import type { RunProgress, StageProgress } from '../../contract/run.ts';
import { formatCount, formatDuration } from '../../evaluation/format.ts';
import { formatTime } from './time.ts';

/** `120 of 240 steps`, `1.2 of 4.0 MB`; undefined while the stage has told no numbers. */
export function amount({ done, total, unit = 'steps', metrics }: StageProgress): string | undefined {
  const reached = done ?? metrics?.step;
  const all = total ?? metrics?.totalSteps;
  if (reached === undefined) return undefined;
  if (unit === 'bytes') {
    return all === undefined ? `${megabytes(reached)} MB` : `${megabytes(reached)} of ${megabytes(all)} MB`;
  }
  const noun = unit.slice(0, -1);
  return all === undefined
    ? formatCount(reached, noun)
    : `${reached.toLocaleString('en-US')} of ${formatCount(all, noun)}`;
}

/** Work done and to do, as numbers; undefined where either is unknown. */
export function share({ done, total, metrics }: StageProgress): { done: number; total: number } | undefined {
  const reached = done ?? metrics?.step;
  const all = total ?? metrics?.totalSteps;
  return reached === undefined || !all ? undefined : { done: reached, total: all };
}

/** `loss 0.4321 training, 0.5120 validation`, or the same of rewards; undefined before the first one. */
export function losses({ metrics = { step: 0 } }: StageProgress): string | undefined {
  const { trainLoss, validLoss, trainReward, validReward } = metrics;
  return pair('loss', trainLoss, validLoss) ?? pair('reward', trainReward, validReward);
}

function pair(name: string, training: number | undefined, validation: number | undefined): string | undefined {
  const known = [
    training !== undefined && `${training.toFixed(4)} training`,
    validation !== undefined && `${validation.toFixed(4)} validation`,
  ].filter((text) => text !== false);
  return known.length > 0 ? `${name} ${known.join(', ')}` : undefined;
}

/** `number 2 of 5 that wait for a job slot`; undefined for a run that does not queue. */
export function queue({ queue: place }: StageProgress): string | undefined {
  return place && `number ${place.position} of ${place.of} that wait for a job slot`;
}

/** The platform's last message, where it says more than the losses do. */
export function message(live: StageProgress): string | undefined {
  return live.metrics ? undefined : live.message;
}

/**
 * `ends about 14:32, 45.0 s left`: as the platform expects it, otherwise at the pace of the stage so far.
 * Undefined where neither tells.
 */
export function ending({ timings, live }: RunProgress, now: Date, timeZone?: string): string | undefined {
  if (!live) return undefined;
  const end = live.estimatedFinish
    ? Date.parse(live.estimatedFinish)
    : atThisPace(timings.at(-1)?.startedAt, live, now);
  if (end === undefined || Number.isNaN(end) || end < now.getTime()) return undefined;
  return `ends about ${formatTime(new Date(end), now, timeZone)}, ${formatDuration(end - now.getTime())} left`;
}

function atThisPace(startedAt: string | undefined, live: StageProgress, now: Date): number | undefined {
  const work = share(live);
  if (!startedAt || !work || work.done <= 0) return undefined;
  const elapsed = now.getTime() - Date.parse(startedAt);
  return now.getTime() + (elapsed / work.done) * (work.total - work.done);
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
