import type { TrainingMetrics } from '../../../contract/run.ts';
import { formatPercent } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Curve, Metric, Point, Table } from './block.ts';
import { type Field, tableOf } from './table.ts';
import { thinned } from './thin.ts';

const rowsShown = 12;

/** How the training went, and which of its checkpoints was taken. */
export function trainingBlocks(report: RunReport): Block[] {
  const { curve } = report.training;
  const curves = [
    curveOf(report, 'Loss', 'figure', 'trainLoss', 'validLoss'),
    curveOf(report, 'Reward: mean score of the answers', 'figure', 'trainReward', 'validReward'),
    curveOf(report, 'Accuracy, token by token', 'share', 'trainAccuracy', 'validAccuracy'),
  ].filter((one) => one.training.length + one.validation.length > 1);
  return [
    ...(curves.length > 0 ? [{ kind: 'curves' as const, curves }] : []),
    ...(curve.length > 0 ? [figures(curve)] : []),
    ...(report.earlyStop ? [{ kind: 'text' as const, text: earlyStop(report.earlyStop) }] : []),
    ...(report.checkpoint ? [{ kind: 'text' as const, text: report.checkpoint.why }] : []),
    ...checkpoints(report),
  ];
}

function earlyStop({ state, why }: NonNullable<RunReport['earlyStop']>): string {
  const then =
    state === 'refused'
      ? 'The platform did not pause the job, which trained to its end.'
      : 'So the job was paused, and stays so at the platform: nothing of it costs any more.';
  return `${why} ${then}`;
}

function curveOf(report: RunReport, title: string, unit: Curve['unit'], training: Metric, validation: Metric): Curve {
  const { curve } = report.training;
  const values = (metric: Metric) =>
    thinned(
      curve.flatMap((point): Point[] => {
        const value = known(point[metric]);
        return value === undefined ? [] : [[point.step, value]];
      }),
    );
  const candidates = candidatesOf(report);
  return {
    title,
    unit,
    training: values(training),
    validation: values(validation),
    lastStep: Math.max(...curve.map(({ step, totalSteps = 0 }) => Math.max(step, totalSteps)), 1),
    checkpoints: candidates.map(({ step, metrics, model }) => ({
      step,
      value: known(metrics[validation]),
      chosen: model === report.checkpoint?.chosen,
    })),
  };
}

interface Candidate {
  model: string;
  step: number;
  metrics: Partial<TrainingMetrics>;
  score?: number;
}

/**
 * Checkpoints that the platform kept, and with them what was learnt when one was chosen; the latest first. The one of the
 * last step is the tuned model itself, under a name of its own.
 */
function candidatesOf({ training: { checkpoints = [] }, checkpoint }: RunReport): Candidate[] {
  const all = new Map<number, Candidate>(checkpoints.map((one) => [one.step, one]));
  for (const { model, step, validLoss, score } of checkpoint?.candidates ?? []) {
    const metrics = { ...(validLoss === undefined ? {} : { validLoss }), ...all.get(step)?.metrics };
    all.set(step, { model, step, metrics, ...(score === undefined ? {} : { score }) });
  }
  return [...all.values()].sort((a, b) => b.step - a.step);
}

type Told = Partial<TrainingMetrics>;

const losses: Field<Told>[] = [
  { name: 'Train loss', number: true, cell: ({ trainLoss }) => loss(trainLoss) },
  { name: 'Train accuracy', number: true, cell: ({ trainAccuracy }) => accuracy(trainAccuracy) },
  { name: 'Validation loss', number: true, cell: ({ validLoss }) => loss(validLoss) },
  { name: 'Validation accuracy', number: true, cell: ({ validAccuracy }) => accuracy(validAccuracy) },
];

const rewards: Field<Told>[] = [
  { name: 'Train reward', number: true, cell: ({ trainReward }) => loss(trainReward) },
  { name: 'Validation reward', number: true, cell: ({ validReward }) => loss(validReward) },
];

/** A model learns from answers that are hoped for, or from rewards. */
function columnsOf(told: readonly Told[]): Field<Told>[] {
  return told.some(({ trainReward, validReward }) => (trainReward ?? validReward) !== undefined) ? rewards : losses;
}

function figures(curve: readonly TrainingMetrics[]): Table {
  const table = tableOf<TrainingMetrics>('The curves in figures', summary(curve), [
    { name: 'Step', number: true, cell: ({ step }) => step.toLocaleString('en-US') },
    ...columnsOf(curve),
  ]);
  return { ...table, folded: true };
}

function checkpoints(report: RunReport): Table[] {
  const candidates = candidatesOf(report);
  if (candidates.length === 0) return [];
  const chosen = report.checkpoint?.chosen;
  return [
    tableOf<Candidate>('Checkpoints', candidates, [
      { name: 'Model', cell: ({ model }) => ({ text: model, code: true }) },
      chosen !== undefined && {
        name: 'Chosen',
        cell: ({ model }) => (model === chosen ? { text: '✓ yes', tone: 'good' } : ''),
      },
      { name: 'Step', number: true, cell: ({ step }) => step.toLocaleString('en-US') },
      candidates.some(({ score }) => score !== undefined) && {
        name: 'Score',
        number: true,
        cell: ({ score }) => accuracy(score),
      },
      ...columnsOf(candidates.map(({ metrics }) => metrics)).map(
        (field): Field<Candidate> => ({ ...field, cell: ({ metrics }) => field.cell(metrics) }),
      ),
    ]),
  ];
}

/** Evenly spaced points with the first and the last; only validated ones where there are several. */
function summary(curve: readonly TrainingMetrics[]): TrainingMetrics[] {
  const validated = curve.filter(({ validLoss, validReward }) => (validLoss ?? validReward) !== undefined);
  const points = validated.length > 1 ? validated : curve;
  if (points.length <= rowsShown) return [...points];
  const gap = (points.length - 1) / (rowsShown - 1);
  return Array.from({ length: rowsShown }, (_, row) => points[Math.round(row * gap)]).filter(
    (point) => point !== undefined,
  );
}

function loss(nats: number | undefined): string {
  return known(nats)?.toFixed(4) ?? '';
}

function accuracy(share: number | undefined): string {
  const value = known(share);
  return value === undefined ? '' : formatPercent(value);
}

/** A loss that was no number any more, as of a training that diverged, is null in JSON. */
function known(value: number | null | undefined): number | undefined {
  return value ?? undefined;
}
