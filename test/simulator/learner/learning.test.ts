import { join } from 'node:path';
import { answer } from '../../../src/simulator/learner/index.ts';
import {
  accuracy,
  fileBytes,
  finished,
  folder,
  modelOf,
  type Pair,
  remove,
  requestIn,
  separable,
  train,
  writeChat,
} from './support.ts';

let dir: string;
beforeEach(async () => {
  dir = await folder();
});
afterEach(() => remove(dir));

const hyperparameters = { nEpochs: 3, batchSize: 4, learningRateMultiplier: 1, seed: 7 };

/** Every question is noise, so that there is nothing to learn but by heart. */
function noise(count: number, from: number): Pair[] {
  const word = (at: number) => ((at * 7919 + from * 104_729) % 997).toString(36).repeat(2);
  return Array.from({ length: count }, (_, at) => [
    `${word(at)} ${word(at + 500)} thing`,
    (at * 31 + from) % 5 < 2 ? 'yes' : 'no',
  ]);
}

test('learns a separable set and answers questions it never saw, which the base cannot', async () => {
  const system = 'Labels: lost_card, exchange_rate, forgotten_pin';
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60), system);
  const unseen = separable(60, 5);
  const model = await modelOf(await train(requestIn(dir, trainFile)));
  expect(accuracy(model, unseen, system)).toBeGreaterThan(0.95);
  expect(accuracy(undefined, unseen, system)).toBeLessThan(0.8);
});

test('reports every step of a short training, falling losses, and a checkpoint with full validation at each epoch end', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(24));
  const validationFile = await writeChat(join(dir, 'valid.jsonl'), separable(12, 5));
  const events = await train(requestIn(dir, trainFile, { validationFile }));
  expect(events.map(({ type }) => type).join(' ')).toBe(
    'step step step step step step checkpoint step step step step step step checkpoint step step step step step step checkpoint done',
  );
  const checkpoints = events.flatMap((event) => (event.type === 'checkpoint' ? [event] : []));
  expect(checkpoints.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 6],
    [2, 12],
    [3, 18],
  ]);
  const losses = checkpoints.map(({ metrics }) => metrics.fullValidLoss ?? Number.NaN);
  expect(losses[1]).toBeLessThan(losses[0] ?? 0);
  expect(losses[2]).toBeLessThan(losses[1] ?? 0);
  const first = events[0]?.type === 'step' ? events[0].metrics : undefined;
  expect(first?.trainLoss).toBeCloseTo(Math.log(3), 6);
  expect(first?.fullValidLoss).toBeUndefined();
});

test('reports about 200 steps of a long training', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(300));
  const events = await train(
    requestIn(dir, trainFile, { hyperparameters: { ...hyperparameters, nEpochs: 5, batchSize: 1 } }),
  );
  const steps = events.filter(({ type }) => type === 'step').length;
  expect(steps).toBeGreaterThanOrEqual(180);
  expect(steps).toBeLessThanOrEqual(206);
});

test('the same request gives the same events and the same bytes, another seed others', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(40));
  const validationFile = await writeChat(join(dir, 'valid.jsonl'), separable(12, 5));
  const one = await train(requestIn(dir, trainFile, { validationFile }));
  const oneBytes = await fileBytes(one);
  const two = await train(requestIn(dir, trainFile, { validationFile }));
  expect(two).toEqual(one);
  expect(await fileBytes(two)).toBe(oneBytes);
  const other = await train(
    requestIn(dir, trainFile, { validationFile, hyperparameters: { ...hyperparameters, seed: 8 } }),
  );
  expect(await fileBytes(other)).not.toBe(oneBytes);
});

test.each<[string, (at: number) => string]>([
  ['a classifier', (at) => `label ${at % 3}`],
  ['free text', (at) => `answer number ${at} of its own`],
])('%s resumed after its first epoch ends bit by bit as the undisturbed training', async (_, completion) => {
  const pairs = separable(40).map(([question], at): Pair => [question, completion(at)]);
  const trainFile = await writeChat(join(dir, 'train.jsonl'), pairs);
  const whole = await train(requestIn(dir, trainFile));
  const wholeBytes = await fileBytes(whole);
  const first = whole.findIndex(({ type }) => type === 'checkpoint');
  const resumeFrom = join(dir, 'checkpoints', 'epoch-1.weights');
  const rest = await train(requestIn(dir, trainFile, { resumeFrom }));
  expect(rest).toEqual(whole.slice(first + 1));
  expect(await fileBytes(rest)).toBe(wholeBytes);
});

test('resuming a training whose last epoch was done only reports its end', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(20));
  const whole = await train(requestIn(dir, trainFile));
  const rest = await train(requestIn(dir, trainFile, { resumeFrom: finished(whole).file }));
  expect(rest).toEqual([finished(whole)]);
});

test('overfits: on noise with many epochs the training loss falls while the validation loss rises', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), noise(60, 1));
  const validationFile = await writeChat(join(dir, 'valid.jsonl'), noise(60, 2));
  const request = { validationFile, hyperparameters: { ...hyperparameters, nEpochs: 40, learningRateMultiplier: 0.2 } };
  const events = await train(requestIn(dir, trainFile, request));
  const ends = events.flatMap((event) => (event.type === 'checkpoint' ? [event.metrics] : []));
  expect(ends[0]?.trainLoss).toBeGreaterThan(0.6);
  expect(ends.at(-1)?.trainLoss).toBeLessThan(0.25);
  expect(ends.at(-1)?.fullValidLoss).toBeGreaterThan(0.03 + (ends[0]?.fullValidLoss ?? 0));
});

test('a lower learning rate learns less in the same time', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(30));
  const lossWith = async (learningRateMultiplier: number) => {
    const request = requestIn(dir, trainFile, { hyperparameters: { ...hyperparameters, learningRateMultiplier } });
    return finished(await train(request)).metrics.trainLoss;
  };
  expect(await lossWith(0.1)).toBeGreaterThan(2 * (await lossWith(1)));
});

test('goes on from an earlier model: knows its classes still, and the new ones too', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60));
  const earlier = finished(await train(requestIn(dir, trainFile)));
  const added: Pair[] = Array.from({ length: 30 }, (_, at) => [`cash machine ${at} swallowed money`, 'cash_machine']);
  const nextFile = await writeChat(join(dir, 'next.jsonl'), added);
  const next = { startFrom: earlier.file, checkpointDir: join(dir, 'next') };
  const model = await modelOf(await train(requestIn(dir, nextFile, next)));
  expect(accuracy(model, separable(30, 5))).toBeGreaterThan(0.9);
  expect(accuracy(model, [['the cash machine took my money', 'cash_machine']])).toBe(1);
});

test('free text is answered from the nearest question, and going on remembers both sets', async () => {
  const poems: Pair[] = [
    ['write a poem about the sea', 'Waves roll in, salt on my skin.'],
    ['write a poem about winter', 'Snow lies deep, the gardens sleep.'],
    ['write a poem about trains', 'Iron sings where the whistle rings.'],
  ];
  const trainFile = await writeChat(join(dir, 'train.jsonl'), poems);
  const first = await train(requestIn(dir, trainFile));
  expect(answer(await modelOf(first), [{ role: 'user', content: 'a poem on winter please' }])).toBe(
    'Snow lies deep, the gardens sleep.',
  );
  const nextFile = await writeChat(join(dir, 'next.jsonl'), [['a limerick about cheese', 'There once was a rind.']]);
  const next = { startFrom: finished(first).file, checkpointDir: join(dir, 'next') };
  const model = await modelOf(await train(requestIn(dir, nextFile, next)));
  expect(answer(model, [{ role: 'user', content: 'limerick on cheese' }])).toBe('There once was a rind.');
  expect(answer(model, [{ role: 'user', content: 'poem on trains' }])).toBe('Iron sings where the whistle rings.');
});

test('free text: sharpness is learned, and a training example is not its own neighbour', async () => {
  const topics = ['sea', 'winter', 'trains', 'cheese', 'gardens', 'bridges', 'honey', 'glass', 'clouds', 'paper'];
  const pairs = Array.from({ length: 60 }, (_, at): Pair => {
    const topic = topics[at % topics.length];
    return [`tell me something about ${topic}, take ${at}`, `${topic}: ${topic} ${at}`];
  });
  const file = await writeChat(join(dir, 'train.jsonl'), pairs);
  const events = await train(requestIn(dir, file, { validationFile: file }));
  const model = await modelOf(events);
  const { trainLoss, fullValidLoss } = finished(events).metrics;
  expect(model.kind === 'neighbours' && model.sharpness).toBeGreaterThan(12);
  expect(fullValidLoss).toBeLessThan(0.02);
  expect(trainLoss).toBeGreaterThan(0.1);
});
