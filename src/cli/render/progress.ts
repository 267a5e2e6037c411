import { type RunProgress, type Stage, type StageTiming, stages, type TrainingMetrics } from '../../contract/run.ts';
import { formatDuration, formatUsd } from '../../evaluation/format.ts';
import { bar } from './bar.ts';
import { lossCurves } from './curve.ts';
import { amount, ending, losses, message, queue, share } from './live.ts';
import { howToAnswer } from './question.ts';
import { clean, cut, type Paint, type Style } from './text.ts';
import { tryLines } from './tries.ts';

export interface View {
  /** Columns; no line is longer. */
  width: number;
  now: Date;
  paint: Paint;
  /** Metrics seen so far, in order of steps: drawn as curves where the width allows. */
  seen?: readonly TrainingMetrics[];
  /** The machine's own when absent. */
  timeZone?: string;
}

const barWidth = 30;
/** Below it the figures behind a curve would be cut. */
const curveWidth = 64;
const stageWidth = Math.max(...stages.map((stage) => stage.length));

/** Where a run is, as a block of lines: its stages, and under the one at work how far it has come. */
export function progressBlock(progress: RunProgress, view: View): string {
  const { width, now, paint } = view;
  const line = (text: string, style?: Style): string => {
    const fitting = cut(clean(text), width);
    return style ? paint(style, fitting) : fitting;
  };
  const { name, status, connection, baseModel, attempt, earlyStop, live, question } = progress;
  const lines = [
    line(`${name}  ${status}  ${baseModel} on ${connection}${attempt > 1 ? `  attempt ${attempt}` : ''}`, 'bold'),
  ];
  for (const stage of stages) {
    const state = stateOf(stage, progress);
    const timing = progress.timings.findLast((one) => one.stage === stage);
    // It had nothing to do there.
    if (state === 'done' && !timing) continue;
    const word = state === 'current' ? live?.platformStatus : undefined;
    const text = `  ${marks[state]} ${stage.padEnd(stageWidth)}  ${timing ? duration(timing, now).padStart(12) : ''}`;
    lines.push(line(`${text}${word ? `  ${word}` : ''}`.trimEnd(), styles[state]));
    if (state === 'current') lines.push(...details(progress, view).map((detail) => line(`      ${detail}`)));
    if (stage === 'train') lines.push(...tryLines(progress).map((text) => line(`      ${text}`)));
  }
  lines.push(line(`  ${elapsed(progress, now)}${costSoFar(progress)}`, 'dim'));
  if (earlyStop) lines.push(line(`  early stop, ${earlyStop.state}: ${earlyStop.why}`, 'yellow'));
  if (question)
    lines.push(line(`  asks: ${question.message}`, 'yellow'), line(`  ${howToAnswer(name, question)}`, 'yellow'));
  if (live?.trouble) lines.push(line(`  trouble: ${live.trouble}`, 'yellow'));
  return lines.join('\n');
}

type State = 'done' | 'current' | 'paused' | 'broken' | 'ahead';
const marks: Record<State, string> = { done: '✔', current: '▶', paused: '‖', broken: '✖', ahead: '·' };
const styles: Record<State, Style | undefined> = {
  done: 'green',
  current: 'cyan',
  paused: 'yellow',
  broken: 'red',
  ahead: 'dim',
};

function stateOf(stage: Stage, { stage: current, status }: RunProgress): State {
  const distance = stages.indexOf(stage) - stages.indexOf(current);
  if (distance < 0 || (distance === 0 && status === 'succeeded')) return 'done';
  if (distance > 0) return 'ahead';
  if (status === 'paused' || status === 'parked') return 'paused';
  return status === 'running' ? 'current' : 'broken';
}

function details(progress: RunProgress, { width, seen = [], now, timeZone }: View): string[] {
  const { live } = progress;
  if (!live) return [];
  const work = share(live);
  const done = [work && bar(work.done, work.total, barWidth), amount(live)].filter(Boolean).join('  ');
  const curves = work && width >= curveWidth ? lossCurves(seen, work.total, barWidth) : [];
  const trained = curves.length > 0 ? curves.map((curve) => ` ${curve}`) : [losses(live)];
  const told = [queue(live), done, ...trained, ending(progress, now, timeZone), message(live)];
  return told.filter((text): text is string => Boolean(text));
}

function duration({ startedAt, endedAt }: StageTiming, now: Date): string {
  return formatDuration(Math.max(0, (endedAt ? Date.parse(endedAt) : now.getTime()) - Date.parse(startedAt)));
}

/** Wall time of the run; of one that is over, until its last stage ended. */
function elapsed({ startedAt, status, timings }: RunProgress, now: Date): string {
  const over = status === 'succeeded' || status === 'failed' || status === 'cancelled';
  const endedAt = over ? timings.at(-1)?.endedAt : undefined;
  return `${over ? 'took' : 'elapsed'} ${duration({ stage: 'inspect', startedAt, ...(endedAt ? { endedAt } : {}) }, now)}`;
}

function costSoFar({ cost }: RunProgress): string {
  if (cost.estimatedUsd === undefined) return '';
  return `, estimated cost ${formatUsd(cost.estimatedUsd)}${cost.simulated ? ' (simulated)' : ''}`;
}
