import type { SlicedBy } from '../../../contract/verdict.ts';
import { formatCount, formatInterval, formatPercent } from '../../format.ts';
import type { LabelScore } from '../../labels.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Table } from './block.ts';
import { differenceCell } from './evaluation.ts';
import { incumbentOf, names } from './rivals.ts';
import { differencesScale, shares } from './scale.ts';

const rowsShown = 15;

/** The tuned model on parts of the held-out examples: where it is worse comes first. */
export function sliceBlocks(report: RunReport): Block[] {
  const slices = report.slices ?? [];
  const byReference = slices.some(({ field }) => field === 'reference');
  return [
    ...slices.filter((one) => one.slices.length > 0).map((one) => sliced(one, report)),
    ...(report.labels && !byReference ? [labelled(report.labels)] : []),
  ];
}

function sliced({ field, slices }: SlicedBy, report: RunReport): Table {
  const other = incumbentOf(report)?.role ?? 'base';
  const name = field === 'reference' ? 'right answer' : field;
  const sorted = slices.toSorted((a, b) => a.difference.value - b.difference.value || b.examples - a.examples);
  return {
    kind: 'table',
    caption: `By ${name}, against the ${names[other].toLowerCase()}; what got worse comes first`,
    shown: rowsShown,
    columns: [
      { name },
      { name: 'Difference', number: true },
      { name: 'Difference with its interval', scale: differencesScale(slices.map((slice) => slice.difference)) },
      { name: 'Interval', number: true },
      { name: 'Examples', number: true },
      { name: names.tuned, number: true },
      { name: names[other], number: true },
    ],
    rows: sorted.map(({ value, examples, tuned, rivals, difference }) => [
      value,
      differenceCell(difference),
      { text: '', mark: { interval: difference, who: 'tuned' } },
      formatInterval(difference),
      String(examples),
      formatPercent(tuned.value),
      rivals[other] === undefined ? '' : formatPercent(rivals[other].value),
    ]),
  };
}

function labelled(labels: readonly LabelScore[]): Table {
  const sorted = labels.toSorted(
    (a, b) => a.tunedPassed / a.examples - b.tunedPassed / b.examples || b.examples - a.examples,
  );
  return {
    kind: 'table',
    caption: `By label, ${formatCount(labels.length, 'label')}; the lowest scores of the tuned model come first`,
    shown: rowsShown,
    columns: [
      { name: 'Label' },
      { name: 'Tuned', number: true },
      { name: 'Score of the tuned model', scale: shares },
      { name: 'Base', number: true },
      { name: 'Examples', number: true },
    ],
    rows: sorted.map(({ label, examples, basePassed, tunedPassed }) => [
      label,
      formatPercent(tunedPassed / examples),
      { text: '', mark: { from: 0, to: tunedPassed / examples, who: 'tuned' } },
      formatPercent(basePassed / examples),
      String(examples),
    ]),
  };
}
