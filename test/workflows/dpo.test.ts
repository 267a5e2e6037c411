import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { contraryPairs, type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
  await writeFile(join(at.folder, 'pairs.jsonl'), contraryPairs());
});
afterEach(async () => await at.close());

const dpo = { method: 'dpo', data: { train: 'pairs.jsonl' } } as const;

test('a model that was tuned by answers is tuned on by pairs, and prefers what they prefer', async () => {
  const { model: first } = await (await at.client.start(at.config({ hyperparameters: { epochs: 10 } }))).result();
  const hyperparameters = { epochs: 10, beta: 0.1, learningRateMultiplier: 5 };
  const run = await at.client.start(at.config({ ...dpo, model: first, hyperparameters }));
  const { comparison, cost } = await run.result();
  expect(comparison.base).toMatchObject({ model: first, errors: 0, score: { value: 0 } });
  expect(comparison.tuned).toMatchObject({ errors: 0, score: { value: 1 } });

  const { data, job } = await run.progress();
  const { entries } = at.simulator.ledger();
  const trainings = entries.filter(({ kind }) => kind === 'training');
  // Both sides of each pair are trained on.
  expect(job?.trainedTokens).toBe((data?.train.tokens ?? 0) * 10);
  expect(cost.trainingUsd).toBeCloseTo(trainings.at(-1)?.dollars ?? 0);
  const platform = createPlatforms(at.settings.connections, at.settings).get('simulator');
  const curve = await platform.trainingCurve(job?.id ?? '');
  expect(curve[0]?.trainLoss).toBeCloseTo(Math.LN2, 2);
  expect(curve.at(-1)?.trainLoss).toBeLessThan(0.3);
});

test.each([
  ['pairs for the method supervised', { data: dpo.data }, 'the method supervised learns from answers'],
  ['answers for the method dpo', { method: dpo.method }, 'the method dpo learns from pairs'],
])('%s are refused before anything is uploaded', async (_, changes, told) => {
  const failure = await failureOf(await at.client.start(at.config(changes)));
  expect(failure).toMatchObject({ code: 'invalid_data', message: expect.stringContaining(told) });
  expect(at.simulator.ledger().totals).toMatchObject({ files: 0, jobs: 0 });
});

test('a beta without the method it belongs to is refused', async () => {
  await expect(at.client.start(at.config({ hyperparameters: { beta: 0.1 } }))).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('hyperparameters.beta: only the method dpo has a beta'),
  });
});
