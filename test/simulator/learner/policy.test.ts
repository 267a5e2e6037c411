import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, type RewardGrader, type TrainEvent } from '../../../src/simulator/learner/index.ts';
import { fileBytes, finished, folder, modelOf, remove, requestIn, separable, train } from './support.ts';

let dir: string;
beforeEach(async () => {
  dir = await folder();
});
afterEach(() => remove(dir));

const input = '{{sample.output_text}}';
const right: RewardGrader = { type: 'string_check', operation: 'eq', input, reference: '{{item.label}}' };

async function writeQuestions(name: string, count: number, seed = 0): Promise<string> {
  const lines = separable(count, seed).map(([content, label]) =>
    JSON.stringify({ messages: [{ role: 'user', content }], label }),
  );
  await writeFile(join(dir, name), lines.join('\n'));
  return join(dir, name);
}

const hyperparameters = { nEpochs: 10, batchSize: 4, learningRateMultiplier: 1, seed: 7 };

const rewards = (events: TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.metrics.trainAccuracy] : []));

test('answers that are rewarded become likelier, also after questions that were not trained on', async () => {
  const trainFile = await writeQuestions('train.jsonl', 60);
  const validationFile = await writeQuestions('valid.jsonl', 12, 5);
  const events = await train(requestIn(dir, trainFile, { validationFile, hyperparameters, grader: right }));
  const told = rewards(events);
  // One of three answers is right, and at the start each is as likely.
  expect(told[0]).toBeCloseTo(1 / 3, 6);
  expect(told.at(-1)).toBeGreaterThan(0.9);
  expect(finished(events).metrics.fullValidAccuracy).toBeGreaterThan(0.8);
  const model = await modelOf(events);
  for (const [content, label] of separable(12, 5)) {
    expect(answer(model, [{ role: 'user', content }])).toBe(label);
  }
});

test('by the opposite reward what is right becomes unlikely', async () => {
  const trainFile = await writeQuestions('train.jsonl', 60);
  const events = await train(
    requestIn(dir, trainFile, { hyperparameters, grader: { ...right, operation: 'ne' } as RewardGrader }),
  );
  expect(rewards(events)[0]).toBeCloseTo(2 / 3, 6);
  const model = await modelOf(events);
  const kept = separable(12, 5).filter(([content, label]) => answer(model, [{ role: 'user', content }]) === label);
  expect(kept).toEqual([]);
});

test('how alike an answer is counts where the grader says so', async () => {
  const trainFile = await writeQuestions('train.jsonl', 60);
  const grader: RewardGrader = {
    type: 'text_similarity',
    evaluation_metric: 'fuzzy_match',
    input,
    reference: '{{ item.label }}',
  };
  const told = rewards(await train(requestIn(dir, trainFile, { hyperparameters, grader })));
  expect(told[0]).toBeGreaterThan(1 / 3);
  expect(told[0]).toBeLessThan(0.7);
  expect(told.at(-1)).toBeGreaterThan(0.9);
});

test('one that goes on after an epoch ends with the same weights', async () => {
  const trainFile = await writeQuestions('train.jsonl', 40);
  const whole = await train(requestIn(dir, trainFile, { grader: right }));
  const first = whole.find((event) => event.type === 'checkpoint');
  const resumeFrom = first?.type === 'checkpoint' ? first.file : '';
  const checkpointDir = join(dir, 'again');
  const rest = await train(requestIn(dir, trainFile, { grader: right, resumeFrom, checkpointDir }));
  expect(await fileBytes(rest)).toEqual(await fileBytes(whole));
});

test('free text is not learned so, which is said', async () => {
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ messages: [{ role: 'user', content: `question ${i}` }], label: `answer ${i}` }),
  );
  await writeFile(join(dir, 'train.jsonl'), lines.join('\n'));
  await expect(train(requestIn(dir, join(dir, 'train.jsonl'), { grader: right }))).rejects.toThrow(
    /few different answers/,
  );
});
