import type { Comparison, ModelEvaluation } from '../../contract/evaluation.ts';
import { formatInterval, formatPercent, formatPoints, formatPValue } from '../../evaluation/format.ts';
import { verdict } from '../../evaluation/verdict.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

/** The comparison of base and tuned model: the verdict, then the numbers behind it. */
export function evaluationTable(comparison: Comparison, paint: Paint): string {
  const { base, tuned, difference, fixed, broken, pValue } = comparison;
  const row = (name: string, { model, passed, examples, score }: ModelEvaluation) => [
    name,
    `${passed}/${examples}`,
    formatPercent(score.value),
    formatInterval(score),
    clean(model),
  ];
  const change = `${formatPoints(difference.value)}, 95% interval ${formatInterval(difference)}, ${formatPValue(pValue)}`;
  return [
    paint('bold', verdict(comparison)),
    '',
    table(['', '#passed', '#score', '#95% interval', 'model'], [row('base', base), row('tuned', tuned)], paint),
    `difference: ${change} (${fixed} fixed, ${broken} broken)`,
  ].join('\n');
}
