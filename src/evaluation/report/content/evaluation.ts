import type { Estimate, ModelEvaluation } from '../../../contract/evaluation.ts';
import { formatCount, formatInterval, formatPercent, formatPoints, formatPValue } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Cell, Table, Who } from './block.ts';
import { names, rivalsOf } from './rivals.ts';
import { differencesScale, shares } from './scale.ts';

/** The models on the same held-out examples: each by itself, then the tuned one against each. */
export function evaluationBlocks(report: RunReport): Block[] {
  return [scores(report), differences(report), ...examplesNeeded(report), explained];
}

function scores(report: RunReport): Table {
  const row = (who: Who, { model, passed, examples, errors, score, ...tokens }: ModelEvaluation): Cell[] => [
    { text: names[who], who, detail: model },
    { text: formatPercent(score.value) },
    { text: '', mark: { interval: score, who } },
    { text: formatInterval(score) },
    { text: `${passed} of ${examples}` },
    { text: String(errors), ...(errors > 0 ? { tone: 'bad' } : {}) },
    { text: `${tokens.inputTokens.toLocaleString('en-US')} / ${tokens.outputTokens.toLocaleString('en-US')}` },
  ];
  return {
    kind: 'table',
    caption: `Share of ${formatCount(report.comparison.tuned.examples, 'held-out question')} answered right`,
    columns: [
      { name: 'Model' },
      { name: 'Score', number: true },
      { name: 'Score with its interval', scale: shares },
      { name: '95% interval', number: true },
      { name: 'Right', number: true },
      { name: 'No answer', number: true },
      { name: 'Tokens in / out', number: true },
    ],
    rows: [
      row('tuned', report.comparison.tuned),
      ...rivalsOf(report).map(({ role, evaluation }) => row(role, evaluation)),
    ],
  };
}

function differences(report: RunReport): Table {
  const rivals = rivalsOf(report);
  return {
    kind: 'table',
    caption: 'The tuned model against each other one; above 0 it is better',
    columns: [
      { name: 'Against' },
      { name: 'Difference', number: true },
      { name: 'Difference with its interval', scale: differencesScale(rivals.map((rival) => rival.difference)) },
      { name: 'Interval', number: true },
      { name: 'Fixed', number: true },
      { name: 'Broken', number: true },
      { name: 'p', number: true },
      ...(rivals.length > 1 ? [{ name: 'p, corrected', number: true as const }] : []),
    ],
    rows: rivals.map(({ role, difference, fixed, broken, pValue, adjustedPValue }) => [
      { text: names[role], who: role },
      differenceCell(difference),
      { text: '', mark: { interval: difference, who: role } },
      formatInterval(difference),
      String(fixed),
      String(broken),
      formatPValue(pValue).replace(/^p (= )?/, ''),
      ...(rivals.length > 1 ? [formatPValue(adjustedPValue).replace(/^p (= )?/, '')] : []),
    ]),
  };
}

/** A difference in points, with a tone where its interval leaves out 0. */
export function differenceCell(difference: Estimate): Cell {
  const text = formatPoints(difference.value);
  if (difference.low > 0) return { text, tone: 'good' };
  return difference.high < 0 ? { text, tone: 'bad' } : { text };
}

function examplesNeeded({ verdict, comparison }: RunReport): Block[] {
  const needed = verdict?.examplesNeeded;
  if (needed === undefined) return [];
  const held = comparison.tuned.examples;
  const enough = needed <= held ? 'these are enough' : `here are ${held.toLocaleString('en-US')}`;
  return [
    {
      kind: 'text',
      text: `To show the difference asked for in 8 of 10 runs takes ${formatCount(needed, 'held-out example')}; ${enough}.`,
    },
  ];
}

const explained: Block = {
  kind: 'explained',
  title: 'How to read these figures',
  terms: [
    ['Score', 'the share of held-out questions answered right. No model has seen them in its training.'],
    [
      'Interval',
      'where the true figure is likely to be: the fewer questions were asked, the wider. After Wilson for a score; of paired resamples for a difference.',
    ],
    ['Fixed, broken', 'questions that only the tuned model answers right, and those that only the other does.'],
    [
      'p',
      "the chance of a split between fixed and broken at least so uneven if neither model were better (McNemar's exact test). Corrected after Holm where there are several to compare with.",
    ],
  ],
};
