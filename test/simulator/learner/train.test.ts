import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTraining, type TrainEvent } from '../../../src/simulator/learner/index.ts';
import { collect, folder, remove, requestIn, separable, train, writeChat } from './support.ts';

let dir: string;
beforeEach(async () => {
  dir = await folder();
});
afterEach(async () => {
  await allThreadsEnd();
  await remove(dir);
});

const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
const idle = threads();

/** After each test, so that a training left running fails the one that left it by its time limit. */
async function allThreadsEnd(): Promise<void> {
  while (threads() > idle) await new Promise(setImmediate);
}

test('trains in a thread of its own, with the same events as in this one', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(30));
  const request = requestIn(dir, trainFile);
  const handle = startTraining(request);
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const events = await collect(handle.events);
  clearInterval(ticking);
  expect(events.at(-1)?.type).toBe('done');
  expect(turns).toBeGreaterThan(3);
  expect(events).toEqual(await train(request));
});

test('keeps to its pace', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(30));
  const start = performance.now();
  await collect(startTraining(requestIn(dir, trainFile, { paceMs: 600 })).events);
  expect(performance.now() - start).toBeGreaterThanOrEqual(600);
});

test('stop ends a training of ten minutes at once, while it waits for its next step', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60));
  const hyperparameters = { nEpochs: 100, batchSize: 1, learningRateMultiplier: 1, seed: 1 };
  const handle = startTraining(requestIn(dir, trainFile, { hyperparameters, paceMs: 600_000 }));
  const reader = handle.events[Symbol.asyncIterator]();
  expect((await reader.next()).value).toMatchObject({ type: 'step', metrics: { step: 1, totalSteps: 6_000 } });
  const start = performance.now();
  handle.stop();
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(performance.now() - start).toBeLessThan(60_000);
});

test('a paused training does not move until it is resumed', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60));
  const handle = startTraining(requestIn(dir, trainFile));
  handle.pause();
  const reader = handle.events[Symbol.asyncIterator]();
  const first = reader.next();
  const other = collect(startTraining(requestIn(dir, trainFile, { checkpointDir: join(dir, 'other') })).events);
  expect(await Promise.race([first, other.then((events) => events.at(-1)?.type)])).toBe('done');
  handle.resume();
  expect((await first).value).toMatchObject({ type: 'step', metrics: { step: 1 } });
  handle.stop();
});

test('a paused training can be stopped, and the events left early', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60));
  const paused = startTraining(requestIn(dir, trainFile));
  expect(threads()).toBeGreaterThan(idle);
  paused.pause();
  paused.stop();
  expect(await collect(paused.events)).toEqual([]);
  const hyperparameters = { nEpochs: 100, batchSize: 1, learningRateMultiplier: 1, seed: 1 };
  for await (const event of startTraining(requestIn(dir, trainFile, { hyperparameters, paceMs: 600_000 })).events) {
    expect(event.type).toBe('step');
    break;
  }
});

test.each<[string, string, TrainEvent]>([
  ['a line that is not JSON', '{"messages":', { type: 'error', message: 'Line 2 is not valid JSON.', line: 2 }],
  [
    'a line without messages',
    '{"prompt":"x"}',
    { type: 'error', message: 'Line 2 has no list "messages" of objects with a "role".', line: 2 },
  ],
  [
    'a line without an answer',
    '{"messages":[{"role":"user","content":"x"}]}',
    { type: 'error', message: 'Line 2 has no message with the role "assistant".', line: 2 },
  ],
])('names the line of %s', async (_, line, expected) => {
  const trainFile = join(dir, 'train.jsonl');
  await writeFile(trainFile, `{"messages":[{"role":"assistant","content":"x"}]}\n${line}`);
  expect(await collect(startTraining(requestIn(dir, trainFile)).events)).toEqual([expected]);
});

test('an empty or a missing training file is an error event', async () => {
  const empty = join(dir, 'empty.jsonl');
  await writeFile(empty, '\n');
  expect(await collect(startTraining(requestIn(dir, empty)).events)).toEqual([
    { type: 'error', message: 'The training file holds no examples.' },
  ]);
  const events = await collect(startTraining(requestIn(dir, join(dir, 'missing.jsonl'))).events);
  expect(events).toEqual([{ type: 'error', message: expect.stringContaining('ENOENT') }]);
});

test('a training that diverges says so', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(30));
  const hyperparameters = { nEpochs: 3, batchSize: 1, learningRateMultiplier: 1e39, seed: 1 };
  const events = await collect(startTraining(requestIn(dir, trainFile, { hyperparameters })).events);
  expect(events.at(-1)).toEqual({
    type: 'error',
    message: expect.stringMatching(/^The training diverged at step \d+: lower the learning rate multiplier\.$/),
  });
});
