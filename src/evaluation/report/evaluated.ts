import type { EvaluateRequest, EvaluateResult } from '../../contract/evaluate.ts';
import type { ComparedModels } from '../compare.ts';
import { formatInterval, formatPercent, formatPoints, formatPValue, formatUsd } from '../format.ts';
import { cell, prose, table } from './markdown/escape.ts';

/** Everything worth keeping of an evaluation without a run: stored as JSON, shown to people as Markdown. */
export interface EvaluationReport extends Pick<EvaluateResult, 'models' | 'comparisons' | 'cost'> {
  request: EvaluateRequest;
  /** In the order of the comparisons: in each the first model stands as `base` and the other as `tuned`. */
  details: ({ name: string } & ComparedModels)[];
}

/** The report as GitHub Flavored Markdown. Nothing that comes from data or a platform is taken for markup. */
export function renderEvaluation({ request, models, comparisons, cost, details }: EvaluationReport): string {
  const first = models[0]?.name ?? '';
  const paragraphs = [
    '# Evaluation',
    `Models on the examples of ${prose(request.data)}. Asking them cost ${prose(formatUsd(cost.usd))} at list prices.`,
    table(
      ['Model', '#Score', '#95% interval', '#Right', '#No answer', '#Tokens in', '#Tokens out'],
      models.map(
        ({ name, evaluation: { score, passed, examples, ungraded = 0, errors, inputTokens, outputTokens } }) => [
          cell(name),
          formatPercent(score.value),
          formatInterval(score),
          `${passed} of ${examples - ungraded}`,
          String(errors),
          inputTokens.toLocaleString('en-US'),
          outputTokens.toLocaleString('en-US'),
        ],
      ),
    ),
    ...(comparisons.length === 0
      ? []
      : [
          `## Against ${prose(first)}`,
          table(
            ['Model', '#Difference', '#95% interval', '#Fixed', '#Broken', '#p, after Holm'],
            comparisons.map(({ name, difference, fixed, broken, adjustedPValue }) => [
              cell(name),
              formatPoints(difference.value),
              formatInterval(difference),
              String(fixed),
              String(broken),
              formatPValue(adjustedPValue),
            ]),
          ),
        ]),
    ...details.flatMap(({ name, regressions }) => regressionsOf(name, first, regressions)),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function regressionsOf(name: string, first: string, regressions: ComparedModels['regressions']): string[] {
  if (regressions.length === 0) return [];
  return [
    `### What ${prose(first)} got right and ${prose(name)} wrong`,
    table(
      ['#Example', 'Question', 'Right answer', 'Answered'],
      regressions.map(({ index, question = '', reference, tuned }) => [
        String(index),
        cell(question),
        cell(reference),
        tuned === undefined ? '(no answer)' : cell(tuned),
      ]),
    ),
  ];
}
