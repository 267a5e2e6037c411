import type { ComparedWithFirst, EvaluateResult } from '../../contract/evaluate.ts';
import type { StageProgress } from '../../contract/run.ts';
import {
  formatCount,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatUsd,
} from '../../evaluation/format.ts';
import { amount, message } from './live.ts';
import { table } from './table.ts';
import { clean, type Paint } from './text.ts';

/** How far an evaluation has come, on one line. */
export function evaluationLine(progress: StageProgress): string {
  const { trouble } = progress;
  const parts = [amount(progress), message(progress), trouble && `trouble: ${trouble}`];
  return clean(parts.filter(Boolean).join(', ') || 'at work');
}

/** What each model has answered, and how each differs from the first. */
export function evaluatedModels(result: EvaluateResult, paint: Paint): string {
  const { examples, models, comparisons, warnings, cost } = result;
  const rows = models.map(({ name, evaluation: { passed, examples: asked, ungraded = 0, errors, score } }) => [
    clean(name),
    `${passed}/${asked - ungraded}`,
    formatPercent(score.value),
    formatInterval(score),
    String(errors),
  ]);
  const [first] = models;
  return [
    paint('bold', `${formatCount(examples, 'example')}, ${formatCount(models.length, 'model')}`),
    '',
    table(['model', '#passed', '#score', '#95% interval', '#no answer'], rows, paint),
    ...(comparisons.length > 0 && first ? ['', `against ${clean(first.name)}:`] : []),
    ...comparisons.map(difference),
    '',
    ...repeats(models[0]?.evaluation.repeated),
    ...warnings.map((warning) => `warning: ${clean(warning)}`),
    `cost:    ${formatUsd(cost.usd)} at list prices, at most about ${formatUsd(cost.estimatedUsd)} was expected`,
  ].join('\n');
}

function repeats(count = 0): string[] {
  const repeat = count === 1 ? 'repeats' : 'repeat';
  return count === 0 ? [] : [`${formatCount(count, 'more example')} ${repeat} one of them, and count nowhere`];
}

function difference({ name, difference, adjustedPValue, fixed, broken }: ComparedWithFirst): string {
  const change = `${formatPoints(difference.value)}, 95% interval ${formatInterval(difference)}`;
  return `  ${clean(name)}: ${change}, ${formatPValue(adjustedPValue)} (${fixed} fixed, ${broken} broken)`;
}
