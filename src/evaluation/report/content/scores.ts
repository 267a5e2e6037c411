import type { ModelEvaluation } from '../../../contract/evaluation.ts';
import { formatCount, formatInterval, formatPercent, formatUsd } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Table, Who } from './block.ts';
import { names } from './rivals.ts';
import { shares } from './scale.ts';
import { tableOf } from './table.ts';

interface Asked extends ModelEvaluation {
  who: Who;
}

function asked({ comparison, rivals }: RunReport): Asked[] {
  return [
    { who: 'tuned', ...comparison.tuned },
    ...rivals.map(({ role, evaluation }) => ({ who: role, ...evaluation })),
  ];
}

/** Each model by itself. */
export function scores(report: RunReport): Table {
  const models = asked(report);
  const caption = `Share of ${formatCount(report.comparison.tuned.examples, 'held-out question')} answered right`;
  const tally = (count: number) => ({ text: String(count), ...(count > 0 ? { tone: 'bad' as const } : {}) });
  return tableOf<Asked>(caption, models, [
    { name: 'Model', cell: ({ who, model }) => ({ text: names[who], who, detail: model }) },
    { name: 'Score', number: true, cell: ({ score }) => formatPercent(score.value) },
    {
      name: 'Score with its interval',
      scale: shares,
      cell: ({ score, who }) => ({ text: '', mark: { interval: score, who } }),
    },
    { name: '95% interval', number: true, cell: ({ score }) => formatInterval(score) },
    {
      name: 'Right',
      number: true,
      cell: ({ passed, examples, ungraded = 0 }) => `${passed} of ${examples - ungraded}`,
    },
    models.some(({ meanScore }) => meanScore !== undefined) && {
      name: 'Mean score',
      number: true,
      cell: ({ meanScore }) => meanScore?.toFixed(3) ?? '',
    },
    { name: 'No answer', number: true, cell: ({ errors }) => tally(errors) },
    models.some(({ ungraded = 0 }) => ungraded > 0) && {
      name: 'Not graded',
      number: true,
      cell: ({ ungraded = 0 }) => tally(ungraded),
    },
    models.some(({ cached }) => cached) && {
      name: 'Answered earlier',
      number: true,
      cell: ({ cached }) => String(cached?.examples ?? 0),
    },
    models.some(({ batched }) => batched) && {
      name: 'Asked by batch',
      number: true,
      cell: ({ batched }) => String(batched?.examples ?? 0),
    },
    {
      name: 'Tokens in / out',
      number: true,
      cell: ({ inputTokens, outputTokens }) =>
        `${inputTokens.toLocaleString('en-US')} / ${outputTokens.toLocaleString('en-US')}`,
    },
  ]);
}

/** What could not be graded and why, and what the judges of the answers have used. */
export function gradingBlocks(report: RunReport): Block[] {
  const sentences = asked(report).flatMap((model) => [notGraded(model), judged(model)]);
  return sentences.flatMap((text) => (text === undefined ? [] : [{ kind: 'text', text }]));
}

function notGraded({ who, ungraded = 0, ungradedBy = {} }: Asked): string | undefined {
  if (ungraded === 0) return undefined;
  const reasons = Object.entries(ungradedBy).map(([code, count]) => `${code} ${count}`);
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  return `${names[who]}: ${formatCount(ungraded, 'answer')} could not be graded${why}, and left out of its score.`;
}

function judged({ who, judge }: Asked): string | undefined {
  if (!judge) return undefined;
  const { inputTokens, outputTokens, usd } = judge;
  const price = usd === undefined ? '' : `, ${formatUsd(usd)}`;
  const [read, written] = [formatCount(inputTokens, 'token'), formatCount(outputTokens, 'token')];
  return `${names[who]}: the judge of its answers read ${read} and wrote ${written}${price}.`;
}
