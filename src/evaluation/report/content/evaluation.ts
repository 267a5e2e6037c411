import { formatCount, formatPercent } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block } from './block.ts';
import { differences } from './differences.ts';
import { gradingBlocks, scores } from './scores.ts';

/** The models on the same held-out examples: each by itself, then the tuned one against each. */
export function evaluationBlocks(report: RunReport): Block[] {
  return [
    scores(report),
    differences(report),
    ...alwaysTheSame(report),
    ...gradingBlocks(report),
    ...examplesNeeded(report),
    explained,
  ];
}

/** What no skill at all would score, where right answers are labels. */
function alwaysTheSame({ slices, comparison }: RunReport): Block[] {
  const [most, another] = slices.find(({ field }) => field === 'reference')?.slices ?? [];
  if (!most || !another) return [];
  const share = formatPercent(most.examples / comparison.tuned.examples);
  return [
    {
      kind: 'text',
      text: `The most frequent right answer is that of ${share} of the questions: a model that always gave it would get so many right.`,
    },
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

const explained: Block = {
  kind: 'explained',
  title: 'How to read these figures',
  terms: [
    [
      'Score',
      'the share of held-out questions answered right. They are no part of its training, unless that is told with the verdict.',
    ],
    [
      'Interval',
      'where the true figure is likely to be: the fewer questions were asked, the wider. One of 95% misses it in 5 of 100 evaluations. After Wilson for a score, after Tango for a difference.',
    ],
    [
      'Fixed, broken, same',
      'questions that only the tuned model answers right, those that only the other does, and those that both do or neither.',
    ],
    [
      'At worst',
      'the interval of the difference where each question that only one of the two has an answer and a grade for is held against the tuned model. The gate goes by it.',
    ],
    [
      'p',
      "the chance of a split between fixed and broken at least so uneven if neither model were better (McNemar's exact test). Corrected after Holm where there are several to compare with.",
    ],
  ],
};
