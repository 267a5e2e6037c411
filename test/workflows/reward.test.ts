import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf } from '../support/watching.ts';

// What is wrong with a reward is told before anything is uploaded, where trainers would compute it.

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline({}, {}, undefined, undefined, { trainers: { platform: 'huggingface', storage: 'unused' } });
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({
      messages: [{ role: 'user', content: `question ${i}` }],
      reference: 'a',
      ...(i < 39 ? { intent: 'b' } : {}),
    }),
  );
  await writeFile(join(at.folder, 'questions.jsonl'), lines.join('\n'));
});
afterAll(async () => await at.close());

const questions = { method: 'reinforcement', connection: 'trainers', data: { train: 'questions.jsonl' } } as const;
const check = (reference: string) => ({ type: 'string_check', operation: 'eq', reference }) as const;

test.each([
  [
    'a grader that trainers do not know',
    { reward: { type: 'refusal' } },
    'invalid_config',
    /Trainers compute rewards by .*, not by refusal/,
  ],
  [
    'a field that one example lacks',
    { reward: check('{{item.intent}}') },
    'field_missing',
    /1 of \d+ (training|validation) examples cannot be graded; .* names item\.intent/,
  ],
  [
    'a field that no example has, in the grader of the evaluation',
    { evaluation: { grader: check('{{item.topic}}') } },
    'field_missing',
    /8 of 8 held-out examples/,
  ],
] as const)('%s', async (_, changes, code, message) => {
  const failure = await failureOf(await at.client.start(at.config({ ...questions, ...changes })));
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
});

test.each([
  [{ reward: check('a') }, 'reward: only the method reinforcement is rewarded'],
  [{ hyperparameters: { computeMultiplier: 2 } }, 'computeMultiplier: only the method reinforcement has one'],
  [{ ...questions, hyperparameters: { beta: 0.1 } }, 'beta: only the method dpo has a beta'],
])('what belongs to another method is refused: %j', async (changes, message) => {
  await expect(at.client.start(at.config(changes))).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(message),
  });
});
