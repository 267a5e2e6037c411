import type { ModelEvaluation } from '../../../contract/evaluation.ts';
import { formatCount, formatInterval, formatPercent, formatUsd } from '../../format.ts';
import type { Block, Table, Who } from './block.ts';
import { shares } from './scale.ts';
import { tableOf } from './table.ts';

/** A model that was asked, as it is called and drawn. */
export interface Asked extends ModelEvaluation {
  who: Who;
  name: string;
}

/** Each model by itself. */
export function scoresTable(caption: string, models: readonly Asked[]): Table {
  const tally = (count: number) => ({ text: String(count), ...(count > 0 ? { tone: 'bad' as const } : {}) });
  return tableOf<Asked>(caption, models, [
    { name: 'Model', cell: ({ who, name, model }) => ({ text: name, who, detail: model }) },
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
export function gradingBlocks(models: readonly Asked[]): Block[] {
  const sentences = models.flatMap((model) => [notGraded(model), judged(model)]);
  return sentences.flatMap((text) => (text === undefined ? [] : [{ kind: 'text', text }]));
}

function notGraded({ name, ungraded = 0, ungradedBy = {} }: Asked): string | undefined {
  if (ungraded === 0) return undefined;
  const reasons = Object.entries(ungradedBy).map(([code, count]) => `${code} ${count}`);
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  return `${name}: ${formatCount(ungraded, 'answer')} could not be graded${why}, and left out of its score.`;
}

function judged({ name, judge }: Asked): string | undefined {
  if (!judge) return undefined;
  const { inputTokens, outputTokens, usd } = judge;
  const price = usd === undefined ? '' : `, ${formatUsd(usd)}`;
  const [read, written] = [formatCount(inputTokens, 'token'), formatCount(outputTokens, 'token')];
  return `${name}: the judge of its answers read ${read} and wrote ${written}${price}.`;
}
