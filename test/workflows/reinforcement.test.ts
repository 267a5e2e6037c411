import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { failureOf } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
  // The small data set as questions, the answer in a field beside them.
  const questions = smallDataSet().replace(/,\{"role":"assistant","content":"(\w+)"\}\]\}/g, '],"intent":"$1"}');
  await writeFile(join(at.folder, 'questions.jsonl'), questions);
});
afterEach(async () => await at.close());

const grader = { type: 'string_check', operation: 'eq', reference: '{{item.intent}}' } as const;
const rewarded = { method: 'reinforcement', data: { train: 'questions.jsonl' }, evaluation: { grader } } as const;

test('a model learns from what the grader of its evaluation says of its answers', async () => {
  const run = await at.client.start(at.config({ ...rewarded, hyperparameters: { epochs: 10, computeMultiplier: 2 } }));
  const { comparison, cost } = await run.result();
  expect(comparison.base.errors).toBe(0);
  expect(comparison.base.score.value).toBeLessThan(0.7);
  expect(comparison.tuned).toMatchObject({ errors: 0, score: { value: 1 } });
  const { job, cost: told } = await run.progress();
  // What it comes to is what it costs at most: each answer is taken to be as long as it may be.
  expect(cost.trainingUsd).toBeLessThan(told.estimatedUsd ?? 0);
  const platform = createPlatforms(at.settings.connections, at.settings).get('simulator');
  const curve = await platform.trainingCurve(job?.id ?? '');
  expect(curve[0]?.trainReward).toBeCloseTo(0.5, 1);
  expect(curve.at(-1)?.trainReward).toBeGreaterThan(0.9);
});

test.each<[string, Partial<RunConfigInput>, string, RegExp]>([
  ['a grader that the platform does not take', { reward: { type: 'refusal' } }, 'invalid_config', /not from refusal/],
  [
    'a judge at another connection',
    {
      reward: { type: 'score_model', model: 'j', connection: 'keyless', input: [{ role: 'user', content: 'Good?' }] },
    },
    'invalid_config',
    /leave out their connection/,
  ],
  ['a model that does not learn so', { model: 'gpt-4.1-mini' }, 'model_not_tunable', /by the method "reinforcement"/],
])('%s is refused before anything is uploaded', async (_, changes, code, message) => {
  const failure = await failureOf(await at.client.start(at.config({ ...rewarded, ...changes })));
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(at.simulator.ledger().totals).toMatchObject({ files: 0, jobs: 0 });
});
