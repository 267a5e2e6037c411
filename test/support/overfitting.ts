import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { contraryDataSet, smallDataSet } from './pipeline.ts';

const everyOther = (text: string, from: number) =>
  text
    .trimEnd()
    .split('\n')
    .filter((_, at) => at % 2 === from)
    .map((line) => `${line}\n`)
    .join('');

/** Files for {@link overfitting}: the validation examples say the contrary of the training examples. */
export async function writeOverfitting(folder: string): Promise<void> {
  await writeFile(join(folder, 'asked.jsonl'), everyOther(smallDataSet(), 0));
  await writeFile(join(folder, 'contrary.jsonl'), everyOther(contraryDataSet(), 1));
}

/** A run that stops early, for its validation loss rises from the first epoch on. */
export const overfitting = {
  data: { train: 'asked.jsonl', validation: 'contrary.jsonl' },
  split: { test: 0.3 },
  hyperparameters: { epochs: 8, batchSize: 2, learningRateMultiplier: 1 },
  stopEarly: true,
} satisfies Partial<RunConfigInput>;
