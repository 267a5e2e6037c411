import type { TrainingMetrics } from '../../contract/run.ts';

/** The names that events, checkpoints and result files use for one and the same figure. */
const names: Record<keyof TrainingMetrics, readonly string[]> = {
  step: ['step'],
  totalSteps: ['total_steps'],
  trainLoss: ['train_loss', 'training_loss'],
  trainAccuracy: ['train_mean_token_accuracy', 'train_accuracy', 'training_token_accuracy'],
  validLoss: ['full_valid_loss', 'valid_loss', 'validation_loss'],
  validAccuracy: ['full_valid_mean_token_accuracy', 'valid_mean_token_accuracy', 'validation_token_accuracy'],
  trainReward: ['train_mean_reward', 'train_reward_mean'],
  validReward: ['full_valid_mean_reward', 'valid_mean_reward', 'valid_reward_mean'],
};

/** Metrics out of a record of figures; undefined when it names no step. */
export function toMetrics(record: Readonly<Record<string, unknown>>): TrainingMetrics | undefined {
  const found: Partial<TrainingMetrics> = {};
  for (const [key, sources] of Object.entries(names) as [keyof TrainingMetrics, readonly string[]][]) {
    const value = sources.map((source) => toNumber(record[source])).find((number) => number !== undefined);
    if (value !== undefined) found[key] = value;
  }
  return found.step === undefined ? undefined : { ...found, step: found.step };
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A result file: CSV with a header, usually base64-encoded, sometimes plain. In order of steps. */
export function parseResultFile(content: string): TrainingMetrics[] {
  // Base64 has no comma, a table with a loss always has.
  const text = content.includes(',') ? content : Buffer.from(content, 'base64').toString('utf8');
  const [header = '', ...rows] = text.trim().split(/\r?\n/);
  const columns = header.split(',');
  return inOrder(
    rows.flatMap((row) => {
      const cells = row.split(',');
      return toMetrics(Object.fromEntries(columns.map((column, i) => [column.trim(), cells[i]]))) ?? [];
    }),
  );
}

/** Metrics by step; events come newest first. */
export function inOrder(metrics: readonly TrainingMetrics[]): TrainingMetrics[] {
  return metrics.toSorted((a, b) => a.step - b.step);
}
