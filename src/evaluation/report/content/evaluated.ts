import type { EvaluationReport } from '../../evaluated.ts';
import { formatCount, formatMoment, formatUsd } from '../../format.ts';
import type { Block, Content, Section, Who } from './block.ts';
import { confusionBlocks } from './confusions.ts';
import { warningBlock } from './data.ts';
import { differencesTable } from './differences.ts';
import { evaluatedOutcome } from './evaluated-outcome.ts';
import { explained, fixed, interval, mostFrequent, p, type Term } from './reading.ts';
import { regressionBlocks } from './regressions.ts';
import { names } from './rivals.ts';
import { type Asked, gradingBlocks, scoresTable } from './scores.ts';
import { sliceBlocks } from './slices.ts';

/** All that the report of an evaluation without a run says, in order. */
export function evaluatedContent(report: EvaluationReport): Content {
  const { name, models, endedAt, simulated, details } = report;
  return {
    of: 'evaluation',
    name,
    subtitle: `${formatCount(models.length, 'model')} on the same examples, finished ${formatMoment(endedAt)}`,
    simulated: simulated
      ? 'A stand-in platform answered. Its scores and prices say nothing about a real model, and nobody was billed.'
      : undefined,
    outcome: evaluatedOutcome(report),
    sections: [
      { id: 'evaluation', title: 'Evaluation', blocks: evaluationBlocks(report) },
      ...details.map((detail, at) => detailSection(report, detail, at)),
      { id: 'data', title: 'Data', blocks: dataBlocks(report) },
      { id: 'cost', title: 'Cost', blocks: [costFacts(report)] },
      { id: 'configuration', title: 'Configuration', blocks: configuration(report) },
    ].filter(({ blocks }) => blocks.length > 0),
  };
}

/** The first is what the others are compared with. */
function whoOf({ request, models }: EvaluationReport, at: number): Who {
  if (at === 0) return 'base';
  const prompted = request.evaluation.prompted && models.length > request.models.length;
  return prompted && at === 1 ? 'prompted' : 'tuned';
}

function evaluationBlocks(report: EvaluationReport): Block[] {
  const { models, comparisons, details } = report;
  const asked = models.map(({ name, evaluation }, at): Asked => ({ ...evaluation, name, who: whoOf(report, at) }));
  const examples = models[0]?.evaluation.examples ?? 0;
  // No gate goes by what would be the worst.
  const against = comparisons.map(({ atWorst: _, ...figures }, at) => ({
    ...figures,
    who: whoOf(report, at + 1),
    examples,
  }));
  const first = models[0]?.name ?? '';
  return [
    scoresTable(`Share of ${formatCount(examples, 'question')} answered right`, asked),
    ...(against.length === 0
      ? []
      : [
          differencesTable(`Each against ${first}; above 0 it is better`, against, {
            first: 'Model',
            interval: '95% interval',
          }),
        ]),
    ...mostFrequent(details[0]?.slices ?? [], examples),
    ...gradingBlocks(asked),
    explained([score, interval, ...(against.length === 0 ? [] : [fixed('this model'), p])]),
  ];
}

const score: Term = ['Score', 'the share of questions answered right.'];

/** What is told of one model against the first. */
function detailSection(
  { models }: EvaluationReport,
  { name, slices, confusions, regressions, comparison }: EvaluationReport['details'][number],
  at: number,
): Section {
  const first = models[0]?.name ?? '';
  const called: Record<Who, string> = { ...names, base: first, tuned: name };
  return {
    id: `against-${at + 1}`,
    title: name,
    blocks: [
      ...sliceBlocks(slices, {
        model: { name, head: 'This model' },
        other: { role: 'base', name: first, head: 'The first' },
      }),
      ...confusionBlocks(confusions, name),
      ...regressionBlocks(regressions, `${first} got these right and ${name} wrong`, comparison.broken, called),
    ],
  };
}

function dataBlocks({ request, test, models, warnings }: EvaluationReport): Block[] {
  const rows = [
    ['Source', { text: request.data, code: true }],
    ['SHA-256', { text: test.sha256, code: true }],
    ['Questions', (models[0]?.evaluation.examples ?? 0).toLocaleString('en-US')],
  ] as const;
  return [{ kind: 'facts', rows: [...rows] }, warningBlock(warnings)];
}

function costFacts({ cost }: EvaluationReport): Block {
  return {
    kind: 'facts',
    rows: [
      ['Estimated, at most about', formatUsd(cost.estimatedUsd)],
      ['Spent, at list prices', formatUsd(cost.usd)],
    ],
  };
}

function configuration({ request }: EvaluationReport): Block[] {
  return [
    { kind: 'text', text: 'Ask with this to repeat it.' },
    { kind: 'json', title: 'The request as JSON', value: request },
  ];
}
