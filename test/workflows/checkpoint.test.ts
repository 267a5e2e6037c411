import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/index.ts';
import type { RunReport } from '../../src/evaluation/index.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
  await writeFile(join(at.folder, 'doubtful.jsonl'), doubtfulDataSet());
});
afterAll(async () => await at.close());

/** Every third answer is the wrong one: who reads it often enough learns that by heart. */
function doubtfulDataSet(): string {
  const lines = smallDataSet().trimEnd().split('\n');
  return lines
    .map((line, index) => {
      if (index % 3 !== 0) return `${line}\n`;
      return `${line.replace(/"content":"(billing|shipping)"\}\]/, (_, intent) => {
        return `"content":"${intent === 'billing' ? 'shipping' : 'billing'}"}]`;
      })}\n`;
    })
    .join('');
}

async function reportOf(changes: Parameters<Pipeline['config']>[0]): Promise<RunReport & { shown?: string }> {
  const data = { train: 'doubtful.jsonl' };
  const split = { validation: 0.3, test: 0.2 };
  const run = await at.client.start(
    at.config({ data, split, hyperparameters: { epochs: 3, learningRateMultiplier: 2 }, ...changes }),
  );
  const { report } = await run.result();
  const read = JSON.parse(await folderStore(at.settings.artifacts).readText(report)) as RunReport;
  const shown = (await run.progress()).model;
  return { ...read, ...(shown ? { shown } : {}) };
}

test('where training has overfitted, the checkpoint that does best on the validation examples is the result', async () => {
  const { checkpoint, model, shown, job, comparison } = await reportOf({});
  expect(checkpoint?.candidates.length).toBeGreaterThan(1);
  const [last] = checkpoint?.candidates ?? [];
  expect(last?.model).toBe(job.model);
  const scores = checkpoint?.candidates.map(({ score }) => score ?? 0) ?? [];
  const chosen = checkpoint?.candidates.find((candidate) => candidate.model === checkpoint?.chosen);
  expect(chosen?.score).toBe(Math.max(...scores));
  expect(model).toBe(checkpoint?.chosen);
  expect(comparison.tuned.model).toBe(model);
  expect(shown).toBe(model);
});

test('a run that asks for the last model gets it', async () => {
  const { checkpoint, model, job } = await reportOf({ evaluation: { checkpoint: 'last' } });
  expect(checkpoint).toBeUndefined();
  expect(model).toBe(job.model);
});
