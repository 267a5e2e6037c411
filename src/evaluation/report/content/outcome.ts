import { spentUsd } from '../../../contract/cost.ts';
import type { GateCheck } from '../../../contract/verdict.ts';
import { formatCount, formatDuration, formatInterval, formatPercent, formatPoints, formatUsd } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import { verdict } from '../../verdict.ts';
import type { Outcome, Table, Tone } from './block.ts';
import { caveatsOf } from './caveats.ts';
import { confidenceOf, incumbentOf, names } from './rivals.ts';
import { tableOf } from './table.ts';

type Figure = Outcome['figures'][number];

/** What the run has come to. */
export function outcomeOf(report: RunReport): Outcome {
  return {
    ...decided(report),
    says: verdict(report.comparison),
    why: report.verdict.says,
    caveats: caveatsOf(report),
    figures: [score(report), difference(report), questions(report), cost(report), duration(report)],
    checks: checksOf(report),
  };
}

function decided({ verdict, registered }: RunReport): { word: string; tone: Tone } {
  switch (verdict.decision) {
    case 'promote':
      if (registered?.promoted) return { word: 'Promoted', tone: 'good' };
      return { word: registered ? 'Passed, not promoted' : 'Passed', tone: 'neutral' };
    case 'prompt':
      return { word: 'Prompt instead', tone: 'neutral' };
    case 'keep':
      return { word: registered?.champion ? 'Kept what is in service' : 'Not promoted', tone: 'bad' };
  }
}

function score({ comparison: { tuned } }: RunReport): Figure {
  const value = formatPercent(tuned.score.value);
  return { name: "Tuned model's score", value, note: `95% interval ${formatInterval(tuned.score)}` };
}

function difference(report: RunReport): Figure {
  const incumbent = incumbentOf(report);
  const [value = '', unit = ''] = formatPoints(incumbent.difference.value).split(' ');
  const note = `${confidenceOf(report)} interval ${formatInterval(incumbent.difference)}`;
  return { name: `Against the ${names[incumbent.role].toLowerCase()}`, value, unit, note };
}

function questions(report: RunReport): Figure {
  const { fixed, broken } = incumbentOf(report);
  return {
    name: 'Held-out questions',
    value: report.comparison.tuned.examples.toLocaleString('en-US'),
    note: `${fixed} fixed, ${broken} broken`,
  };
}

function cost({ cost, simulated }: RunReport): Figure {
  const spent = spentUsd(cost);
  return {
    name: simulated ? 'Cost, simulated' : 'Cost',
    value: spent === undefined ? 'not known' : formatUsd(spent),
    note: cost.estimatedUsd === undefined ? '' : `estimated ${formatUsd(cost.estimatedUsd)}`,
  };
}

function duration({ startedAt, endedAt, data }: RunReport): Figure {
  return {
    name: 'Took',
    value: formatDuration(Date.parse(endedAt) - Date.parse(startedAt)),
    note: formatCount(data.train.examples, 'training example'),
  };
}

function checksOf({ verdict }: RunReport): Table {
  return tableOf<GateCheck>('The rules of the gate', verdict.checks, [
    { name: 'Rule', cell: ({ rule }) => rule.replaceAll('_', ' ') },
    {
      name: 'Result',
      cell: ({ passed }) => (passed ? { text: '✓ pass', tone: 'good' } : { text: '✗ fail', tone: 'bad' }),
    },
    { name: 'What was asked and found', cell: ({ says }) => says },
  ]);
}
