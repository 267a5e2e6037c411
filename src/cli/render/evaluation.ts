import type { ModelEvaluation } from '../../contract/evaluation.ts';
import type { RunResult } from '../../contract/run.ts';
import type { Rival } from '../../contract/verdict.ts';
import {
  formatConfidence,
  formatCount,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
} from '../../evaluation/format.ts';
import { verdict } from '../../evaluation/verdict.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

/** The comparison of the tuned model with each of its rivals: the verdict, then the numbers behind it. */
export function evaluationTable(
  { comparison, rivals }: Pick<RunResult, 'comparison' | 'rivals'>,
  paint: Paint,
): string {
  const row = (name: string, { model, passed, examples, ungraded = 0, score }: ModelEvaluation) => [
    name,
    `${passed}/${examples - ungraded}`,
    formatPercent(score.value),
    formatInterval(score),
    clean(model),
  ];
  const rows = [...rivals.map(({ role, evaluation }) => row(role, evaluation)), row('tuned', comparison.tuned)];
  return [
    paint('bold', verdict(comparison)),
    '',
    table(['', '#passed', '#score', '#95% interval', 'model'], rows, paint),
    ...rivals.map((rival) => difference(rival, formatConfidence(comparison.confidence ?? 0.95))),
  ].join('\n');
}

function difference({ role, difference, pValue, fixed, broken }: Rival, confidence: string): string {
  const change = `${formatPoints(difference.value)}, ${confidence} interval ${formatInterval(difference)}, ${formatPValue(pValue)}`;
  return `against ${role}: ${change} (${fixed} fixed, ${broken} broken)`;
}

/** What the gate said, with the rules that did not hold, and what became of the model in the registry. */
export function gateLines({ verdict, registered }: Pick<RunResult, 'verdict' | 'registered'>): string[] {
  const failed = verdict.checks.filter(({ passed }) => !passed);
  return [
    `gate:    ${verdict.decision}${failed.length === 0 ? `, all ${verdict.checks.length} rules hold` : ''}`,
    ...failed.map(({ rule, says }) => `         ${rule}: ${clean(says)}`),
    ...(verdict.examplesNeeded
      ? [
          `         about ${formatCount(verdict.examplesNeeded, 'held-out example')} would show the differences asked for`,
        ]
      : []),
    ...(registered ? [`version: ${registeredLine(registered)}`] : []),
  ];
}

function registeredLine({ name, version, promoted, approvedBy }: NonNullable<RunResult['registered']>): string {
  const by = approvedBy ? `, by ${clean(approvedBy)}` : '';
  return `${name} ${version}, ${promoted ? `the champion now${by}` : `not promoted${by}`}`;
}
