import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfigInput } from '../../src/contract/config.ts';

const sample = new URL('../../examples/support-intents/data.jsonl', import.meta.url);

/**
 * Writes the sample data set as a person's own three files: a fifth to test, a tenth to validate, the rest to train.
 *
 * @param most examples of a part; all of them when absent
 */
export async function writeParts(folder: string, most: Partial<Record<string, number>> = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = (await readFile(sample, 'utf8')).trimEnd().split('\n');
  const partOf = (i: number) => (i % 10 < 2 ? 'test' : i % 10 === 2 ? 'validation' : 'train');
  for (const part of ['train', 'validation', 'test']) {
    const own = lines.filter((_, i) => partOf(i) === part).slice(0, most[part]);
    await writeFile(join(folder, `${part}.jsonl`), `${own.join('\n')}\n`);
  }
}

/** A run over them. */
export function sampleRun(pollSeconds: number): RunConfigInput {
  return {
    name: 'bench',
    connection: 'simulator',
    model: 'stand-in-mini',
    data: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
    budgetUsd: 10,
    pollSeconds,
  };
}
