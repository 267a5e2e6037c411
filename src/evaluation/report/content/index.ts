import type { EvaluationReport } from '../../evaluated.ts';
import { formatMoment } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Content, Section } from './block.ts';
import { confusionBlocks } from './confusions.ts';
import { costBlocks } from './cost.ts';
import { dataBlocks } from './data.ts';
import { evaluatedContent } from './evaluated.ts';
import { evaluationBlocks } from './evaluation.ts';
import { lineageBlocks } from './lineage.ts';
import { outcomeOf } from './outcome.ts';
import { regressionBlocks } from './regressions.ts';
import { incumbentOf, names, within } from './rivals.ts';
import { type Sides, sliceBlocks } from './slices.ts';
import { timingBlocks } from './timings.ts';
import { trainingBlocks } from './training.ts';
import { tryBlocks } from './tries.ts';

/** All that a report says, in order; every form of it says the same. */
export function contentOf(report: RunReport | EvaluationReport): Content {
  return 'run' in report ? runContent(report) : evaluatedContent(report);
}

function runContent(report: RunReport): Content {
  const { run, baseModel, platform, endedAt, simulated } = report;
  return {
    of: 'run',
    name: run.name,
    subtitle: `Tuned from ${baseModel} on ${platform}${simulated ? ' (a simulation)' : ''}, finished ${formatMoment(endedAt)}`,
    simulated: simulated ? simulation : undefined,
    outcome: outcomeOf(report),
    sections: sections(report).filter(({ blocks }) => blocks.length > 0),
  };
}

const simulation =
  'A simulated run: a stand-in platform trained and answered. Its scores and prices say nothing about a real model, and nobody was billed.';

function sections(report: RunReport): Section[] {
  return [
    { id: 'evaluation', title: 'Evaluation', blocks: evaluationBlocks(report) },
    { id: 'tries', title: 'Tries', blocks: tryBlocks(report) },
    { id: 'training', title: 'Training', blocks: trainingBlocks(report) },
    { id: 'slices', title: 'Slices', blocks: sliceBlocks(report.slices, sides(report)) },
    { id: 'confusions', title: 'Confusions', blocks: confusionBlocks(report.confusions, within('tuned')) },
    { id: 'regressions', title: 'Regressions', blocks: regressions(report) },
    { id: 'data', title: 'Data', blocks: dataBlocks(report) },
    { id: 'cost', title: 'Cost', blocks: costBlocks(report) },
    { id: 'timings', title: 'Timings', blocks: timingBlocks(report) },
    { id: 'lineage', title: 'Lineage', blocks: lineageBlocks(report) },
    { id: 'configuration', title: 'Configuration', blocks: configuration(report) },
  ];
}

function sides(report: RunReport): Sides {
  const { role } = incumbentOf(report);
  return {
    model: { name: within('tuned'), head: names.tuned },
    other: { role, name: within(role), head: names[role] },
  };
}

function regressions(report: RunReport): Block[] {
  const { role, broken } = incumbentOf(report);
  const [first = '', ...rest] = within(role);
  const says = `${first.toUpperCase()}${rest.join('')} got these right and the tuned model wrong`;
  return regressionBlocks(report.regressions, says, broken, names);
}

function configuration({ config }: RunReport): Block[] {
  return [
    { kind: 'text', text: 'Start a run with this to repeat it.' },
    { kind: 'json', title: 'The configuration as JSON', value: config },
  ];
}
