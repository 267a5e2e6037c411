import { spentUsd } from '../contract/cost.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { Cost } from '../contract/run.ts';
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatUsd,
} from './format.ts';
import { cell, table } from './markdown.ts';
import type { RunReport } from './report.ts';

const labelsShown = 10;

export function scoreSection({ comparison }: RunReport): string {
  const { base, tuned, difference, fixed, broken, pValue } = comparison;
  const row = (name: string, { model, passed, examples, errors, score, ...tokens }: ModelEvaluation) => [
    name,
    cell(model),
    `${passed} of ${examples}`,
    formatPercent(score.value),
    formatInterval(score),
    String(errors),
    `${tokens.inputTokens} / ${tokens.outputTokens}`,
  ];
  const columns = ['', 'Model', '#Right', '#Score', '#95% interval', '#No answer', '#Tokens in / out'];
  const change =
    `Difference: ${formatPoints(difference.value)}, 95% interval ${formatInterval(difference)}. ` +
    `The tuned model fixes ${formatCount(fixed, 'answer')} and breaks ${broken} (McNemar's exact test: ${formatPValue(pValue)}).`;
  return `## Evaluation\n\n${table(columns, [row('base', base), row('tuned', tuned)])}\n\n${change}`;
}

export function costSection({ cost, simulated }: RunReport): string {
  const rows = [
    ['Estimated before the run', cost.estimatedUsd],
    ['Training', cost.trainingUsd],
    ['Evaluation', cost.evaluationUsd],
    ['Deployments', cost.hostingUsd],
  ] as const;
  const known = rows.flatMap(([name, amount]) => (amount === undefined ? [] : [[name, formatUsd(amount)]]));
  const list = known.length > 0 ? `\n\n${table(['', '#US dollars'], known)}` : '';
  return `## Cost\n\n${costSentence(cost, simulated)}${list}`;
}

function costSentence(cost: Cost, simulated: boolean): string {
  const total = cost.trainingUsd === undefined ? undefined : spentUsd(cost);
  const prices = `list prices${cost.pricesOf ? ` of ${cost.pricesOf}` : ''}`;
  if (simulated) {
    const nobody = 'Simulated: nobody was billed';
    return total === undefined ? `${nobody}.` : `${nobody}; at ${prices} this run would cost ${formatUsd(total)}.`;
  }
  return total === undefined ? 'What this run cost is not known.' : `At ${prices} this run cost ${formatUsd(total)}.`;
}

export function dataSection({ data, sources }: RunReport): string {
  const parts = ['train', 'validation', 'test'] as const;
  const rows = parts.map((part) => [
    part,
    String(data[part].examples),
    String(data[part].tokens),
    cell(sources[part]?.uri ?? ''),
    sources[part]?.sha256.slice(0, 12) ?? '',
  ]);
  const warnings =
    data.warnings.length === 0
      ? ''
      : `\n\nThe checks of the data warn:\n\n${data.warnings.map((text) => `- ${cell(text)}`).join('\n')}`;
  return `## Data\n\n${table(['Part', '#Examples', '#Tokens', 'File', 'SHA-256'], rows)}${warnings}`;
}

/** The labels on which the tuned model does worst. */
export function labelSection({ slices }: RunReport): string {
  const labels = slices.find(({ field }) => field === 'reference')?.slices;
  if (!labels) return '';
  const worst = labels
    .toSorted((a, b) => a.tuned.value - b.tuned.value || b.examples - a.examples)
    .slice(0, labelsShown);
  const rows = worst.map(({ value, examples, tuned, rivals }) => [
    cell(value),
    String(examples),
    rivals.base ? formatPercent(rivals.base.value) : '',
    formatPercent(tuned.value),
  ]);
  const heading = `## Labels\n\nThe ${worst.length} of ${formatCount(labels.length, 'label')} with the lowest score of the tuned model.`;
  return `${heading}\n\n${table(['Label', '#Examples', '#Base', '#Tuned'], rows)}`;
}

export function regressionSection({ regressions, comparison }: RunReport): string {
  if (regressions.length === 0) return '';
  const rows = regressions.map(({ index, reference, base, tuned }) => [
    String(index),
    cell(reference),
    cell(base),
    tuned === undefined ? '(no answer)' : cell(tuned),
  ]);
  const heading = `## Regressions\n\nThe base model got these right and the tuned model wrong: ${regressions.length} of ${comparison.broken}.`;
  return `${heading}\n\n${table(['#Example', 'Reference', 'Base', 'Tuned'], rows)}`;
}

export function timingSection({ timings, startedAt, endedAt }: RunReport): string {
  const rows = timings.map((timing) => [timing.stage, timing.startedAt, elapsed(timing.startedAt, timing.endedAt)]);
  return `## Timings\n\n${table(['Stage', 'Started', '#Took'], [...rows, ['all', startedAt, elapsed(startedAt, endedAt)]])}`;
}

function elapsed(from: string, to: string | undefined): string {
  return to === undefined ? '' : formatDuration(Date.parse(to) - Date.parse(from));
}

export function runSection({ run, connection, platform, baseModel, model, job, simulated }: RunReport): string {
  const { parent } = run;
  const rows = [
    ['Run', cell(run.name)],
    ['Run id', cell(run.runId)],
    ['Attempt', String(run.attempt)],
    ...(parent ? [['Continues', cell([parent.name, parent.runId, parent.model].filter(Boolean).join(', '))]] : []),
    ['Connection', cell(connection)],
    ['Platform', `${cell(platform)}${simulated ? ' (a simulation)' : ''}`],
    ['Base model', cell(baseModel)],
    ['Tuned model', cell(model)],
    ['Job', cell(job.id)],
    ...(job.url ? [['Job page', cell(job.url)]] : []),
    ...(job.trainedTokens === undefined ? [] : [['Trained tokens', String(job.trainedTokens)]]),
  ];
  return `## Run\n\n${table(['', ''], rows)}`;
}
