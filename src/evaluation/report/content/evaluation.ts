import { formatCount } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { differencesTable } from './differences.ts';
import { explained, fixed, interval, mostFrequent, p, type Term } from './reading.ts';
import { confidenceOf, names } from './rivals.ts';
import { type Asked, gradingBlocks, scoresTable } from './scores.ts';

/** The models on the same held-out examples: each by itself, then the tuned one against each. */
export function evaluationBlocks(report: RunReport): Block[] {
  const { comparison, rivals } = report;
  const { tuned } = comparison;
  const models: Asked[] = [
    { who: 'tuned', name: names.tuned, ...tuned },
    ...rivals.map(({ role, evaluation }) => ({ who: role, name: names[role], ...evaluation })),
  ];
  const against = rivals.map((rival) => ({
    ...rival,
    who: rival.role,
    name: names[rival.role],
    examples: tuned.examples,
  }));
  const worst = rivals.some(({ atWorst }) => atWorst !== undefined);
  return [
    scoresTable(`Share of ${formatCount(tuned.examples, 'held-out question')} answered right`, models),
    differencesTable('The tuned model against each other one; above 0 it is better', against, {
      first: 'Against',
      interval: `${confidenceOf(report)} interval`,
    }),
    ...mostFrequent(report.slices, tuned.examples),
    ...gradingBlocks(models),
    ...examplesNeeded(report),
    explained([score, interval, fixed('the tuned model'), ...(worst ? [atWorst] : []), p]),
  ];
}

function examplesNeeded({ verdict, comparison }: RunReport): Block[] {
  const needed = verdict.examplesNeeded;
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

const score: Term = [
  'Score',
  'the share of held-out questions answered right. They are no part of its training, unless that is told with the verdict.',
];

const atWorst: Term = [
  'At worst',
  'the interval of the difference where each question that only one of the two has an answer and a grade for is held against the tuned model. The gate goes by it.',
];
