import type { TrainingMetrics } from '../contract/run.ts';
import { formatPercent } from './format.ts';
import { cell, table } from './markdown.ts';
import type { RunReport } from './report.ts';

const rowsShown = 12;

/** The training curve in at most 12 rows, and the checkpoints that were kept. */
export function curveSection({ training: { curve, checkpoints = [] } }: RunReport): string {
  if (curve.length === 0 && checkpoints.length === 0) return '';
  const losses = ['#Train loss', '#Train accuracy', '#Validation loss', '#Validation accuracy'];
  const parts = ['## Training'];
  if (curve.length > 0) {
    parts.push(
      table(
        ['#Step', ...losses],
        summary(curve).map((point) => [String(point.step), ...metrics(point)]),
      ),
    );
  }
  if (checkpoints.length > 0) {
    const rows = checkpoints.map(({ model, step, metrics: at }) => [cell(model), String(step), ...metrics(at)]);
    parts.push(`Checkpoints:\n\n${table(['Model', '#Step', ...losses], rows)}`);
  }
  return parts.join('\n\n');
}

/** Evenly spaced points with the first and the last; only validated ones where there are several. */
function summary(curve: readonly TrainingMetrics[]): TrainingMetrics[] {
  const validated = curve.filter((point) => point.validLoss !== undefined);
  const points = validated.length > 1 ? validated : curve;
  if (points.length <= rowsShown) return [...points];
  const gap = (points.length - 1) / (rowsShown - 1);
  return Array.from({ length: rowsShown }, (_, row) => points[Math.round(row * gap)]).filter(
    (point) => point !== undefined,
  );
}

function metrics({ trainLoss, trainAccuracy, validLoss, validAccuracy }: TrainingMetrics): string[] {
  return [loss(trainLoss), accuracy(trainAccuracy), loss(validLoss), accuracy(validAccuracy)];
}

function loss(nats: number | undefined): string {
  return nats === undefined ? '' : nats.toFixed(4);
}

function accuracy(share: number | undefined): string {
  return share === undefined ? '' : formatPercent(share);
}
