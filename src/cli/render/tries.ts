import type { RunProgress } from '../../contract/run.ts';
import type { Try } from '../../contract/tries.ts';
import { formatInterval, formatPercent, formatUsd } from '../../evaluation/format.ts';
import { settingsOf } from '../../evaluation/tries.ts';
import { amount, losses, queue } from './live.ts';
import { howToAnswer } from './question.ts';

/** A line for each try: what it is made of, and how far it has come or what has become of it. */
export function tryLines({ tries = [] }: Pick<RunProgress, 'tries'>): string[] {
  const width = Math.max(0, ...tries.map(({ name }) => name.length));
  return tries.map((one) => `${markOf(one)} ${one.name.padEnd(width)}  ${tryLine(one)}`);
}

/** How far a try has come, for a line of a log: `fast (running, 120 of 240 steps)`. */
export function tryState(one: Try): string {
  return `${one.name} (${stateOf(one).filter(Boolean).join(', ')})`;
}

/** What it is made of, and how far it has come or what has become of it. */
function tryLine(one: Try): string {
  const { score, metrics, cost, says } = one;
  const ended = [
    score && `score ${formatPercent(score.value)} (${formatInterval(score)})`,
    metrics && losses({ metrics }),
    cost.trainingUsd !== undefined && formatUsd(cost.trainingUsd),
    says,
  ];
  return [settingsOf(one), ...(one.status === 'trained' ? [] : stateOf(one)), ...ended].filter(Boolean).join(', ');
}

function stateOf({ status, live, job, workflow, question }: Try): (string | undefined)[] {
  if (status !== 'waiting' && status !== 'training') return [status];
  const word = live?.platformStatus ?? job?.platformStatus ?? status;
  const asks = question && `asks: ${question.message} ${howToAnswer(workflow, question)}`;
  return live ? [queue(live), word, amount(live), losses(live), asks] : [word, asks];
}

function markOf({ status, chosen }: Try): string {
  if (chosen) return '✔';
  return status === 'failed' || status === 'cancelled' ? '✖' : chosen === false ? '-' : '·';
}
