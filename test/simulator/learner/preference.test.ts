import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, type TrainEvent } from '../../../src/simulator/learner/index.ts';
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

type Preferred = [question: string, preferred: string, rejected: string];

async function writePairs(name: string, pairs: Preferred[]): Promise<string> {
  const lines = pairs.map(([content, preferred, rejected]) =>
    JSON.stringify({
      input: { messages: [{ role: 'user', content }] },
      preferred_output: [{ role: 'assistant', content: preferred }],
      non_preferred_output: [{ role: 'assistant', content: rejected }],
    }),
  );
  await writeFile(join(dir, name), lines.join('\n'));
  return join(dir, name);
}

const polite = (label: string) => `It seems to be ${label}.`;

/** Separable questions with a polite answer that is preferred to the label alone. */
const styles = (count: number, seed = 0) =>
  separable(count, seed).map(([question, label]): Preferred => [question, polite(label), label]);

const long = { nEpochs: 20, batchSize: 4, learningRateMultiplier: 1, seed: 7 };

const turned = ([question, preferred, rejected]: Preferred): Preferred => [question, rejected, preferred];

const preferring = (trainFile: string, beta: number, patch: Parameters<typeof requestIn>[2] = {}) =>
  requestIn(dir, trainFile, { preference: { beta }, ...patch });

const steps = (events: TrainEvent[]) => events.flatMap((event) => (event.type === 'step' ? [event.metrics] : []));

/** The mean of by how much the preferred answer gained on the other, from the loss -log(sigmoid(beta * gained)). */
const gained = (loss: number, beta: number) => -Math.log(Math.expm1(loss)) / beta;

test('the loss falls from ln 2 and more and more pairs are told apart, also of a file not trained on', async () => {
  const trainFile = await writePairs('train.jsonl', styles(60));
  const validationFile = await writePairs('valid.jsonl', styles(12, 5));
  const events = await train(preferring(trainFile, 0.5, { validationFile }));
  const [first] = steps(events);
  expect(first?.trainLoss).toBeCloseTo(Math.LN2, 9);
  expect(first?.trainAccuracy).toBe(0);
  const ends = events.flatMap((event) => (event.type === 'checkpoint' ? [event.metrics] : []));
  const losses = ends.map(({ fullValidLoss }) => fullValidLoss ?? Number.NaN);
  expect(losses[0]).toBeLessThan(Math.LN2);
  expect(losses[1]).toBeLessThan(losses[0] ?? 0);
  expect(losses[2]).toBeLessThan(losses[1] ?? 0);
  expect(ends.at(-1)).toMatchObject({ trainAccuracy: 1, fullValidAccuracy: 1 });
});

test.each([
  ['the polite way', styles(60), polite],
  ['the plain way, with pairs turned around', styles(60).map(turned), (label: string) => label],
])('a base learns to answer unseen questions in %s', async (_, pairs, wanted) => {
  const model = await modelOf(await train(preferring(await writePairs('train.jsonl', pairs), 0.5)));
  const styled = new Set(separable(3).map(([, label]) => wanted(label)));
  const unseen = separable(60, 5).map(([question, label]): Pair => [question, wanted(label)]);
  expect(unseen.every(([content]) => styled.has(answer(model, [{ role: 'user', content }])))).toBe(true);
  expect(accuracy(model, unseen)).toBeGreaterThan(0.8);
});

test('the higher beta, the less the preferred answers gain', async () => {
  const trainFile = await writePairs('train.jsonl', styles(60));
  const gains = [];
  for (const beta of [0.05, 0.5, 2]) {
    gains.push(
      gained(finished(await train(preferring(trainFile, beta, { hyperparameters: long }))).metrics.trainLoss, beta),
    );
  }
  expect(gains[0]).toBeGreaterThan(1.2 * (gains[1] ?? 0));
  expect(gains[1]).toBeGreaterThan(1.2 * (gains[2] ?? 0));
  expect(gains[2]).toBeGreaterThan(0.5);
});

describe('going on from a supervised model', () => {
  const unseen = separable(60, 5);
  const plainTo = (how: (label: string) => string) => unseen.map(([question, label]): Pair => [question, how(label)]);
  let startFrom: string;
  beforeEach(async () => {
    const trainFile = await writeChat(join(dir, 'first.jsonl'), separable(300));
    startFrom = finished(await train(requestIn(dir, trainFile))).file;
  });
  const onward = async (pairs: Preferred[], beta: number) => {
    const trainFile = await writePairs('train.jsonl', pairs);
    return train(preferring(trainFile, beta, { startFrom, checkpointDir: join(dir, 'next') }));
  };

  test('starts at ln 2; a low beta changes its answers, a high one keeps to them', async () => {
    const loose = await onward(styles(300), 0.1);
    expect(steps(loose)[0]?.trainLoss).toBeCloseTo(Math.LN2, 9);
    expect(accuracy(await modelOf(loose), plainTo(polite))).toBeGreaterThan(0.9);
    const strict = await modelOf(await onward(styles(300), 2));
    expect(accuracy(strict, unseen)).toBeGreaterThan(0.9);
  });

  test('answers of which no pair tells stay where they were', async () => {
    const model = await modelOf(
      await onward(
        styles(300).filter(([, , label]) => label === 'lost_card'),
        0.5,
      ),
    );
    const isLost = ([, label]: Pair) => label === 'lost_card';
    expect(
      accuracy(
        model,
        unseen.filter((pair) => !isLost(pair)),
      ),
    ).toBeGreaterThan(0.9);
    expect(
      accuracy(
        model,
        plainTo(polite).filter((_, at) => isLost(unseen[at] as Pair)),
      ),
    ).toBeGreaterThan(0.9);
  });
});

test('a pair of equal answers teaches nothing', async () => {
  const same = separable(30).map(([question]): Preferred => [question, 'the same', 'the same']);
  const events = await train(preferring(await writePairs('train.jsonl', same), 0.5));
  expect(finished(events).metrics.trainLoss).toBeCloseTo(Math.LN2, 9);
  expect(finished(events).metrics.trainAccuracy).toBe(0);
  const model = await modelOf(events);
  expect(model.kind === 'classifier' && model.weights.every((weight) => weight === 0)).toBe(true);
});

test('the same request gives the same events and the same bytes, another seed others', async () => {
  const trainFile = await writePairs('train.jsonl', styles(40));
  const one = await train(preferring(trainFile, 0.2));
  const oneBytes = await fileBytes(one);
  const two = await train(preferring(trainFile, 0.2));
  expect(two).toEqual(one);
  expect(await fileBytes(two)).toBe(oneBytes);
  const hyperparameters = { nEpochs: 3, batchSize: 4, learningRateMultiplier: 1, seed: 8 };
  expect(await fileBytes(await train(preferring(trainFile, 0.2, { hyperparameters })))).not.toBe(oneBytes);
});

test.each<[string, (at: number) => [string, string]]>([
  ['a classifier', (at) => [polite(`label ${at % 3}`), `label ${at % 3}`]],
  ['free text', (at) => [`a kind answer number ${at} of its own`, `answer number ${at}`]],
])(
  '%s that goes on from another, resumed after its first epoch, ends bit by bit as undisturbed',
  async (_, answers) => {
    const pairs = separable(40).map(([question], at): Preferred => [question, ...answers(at)]);
    const first = pairs.map(([question, , rejected]): Pair => [question, rejected]);
    const supervised = finished(await train(requestIn(dir, await writeChat(join(dir, 'first.jsonl'), first))));
    const trainFile = await writePairs('train.jsonl', pairs);
    const onward = { startFrom: supervised.file, checkpointDir: join(dir, 'next') };
    const whole = await train(preferring(trainFile, 0.1, onward));
    const wholeBytes = await fileBytes(whole);
    const at = whole.findIndex(({ type }) => type === 'checkpoint');
    const resumeFrom = join(dir, 'next', 'epoch-1.weights');
    const rest = await train(preferring(trainFile, 0.1, { ...onward, resumeFrom }));
    expect(rest).toEqual(whole.slice(at + 1));
    expect(await fileBytes(rest)).toBe(wholeBytes);
  },
);

test('free text: the preferred answers are remembered, the rejected ones forgotten, all others kept', async () => {
  const poems: Pair[] = [
    ['write a poem about the sea', 'Sea, sea, sea.'],
    ['write a poem about winter', 'Snow lies deep, the gardens sleep.'],
    ['write a poem about trains', 'Iron sings where the whistle rings.'],
  ];
  const first = finished(await train(requestIn(dir, await writeChat(join(dir, 'first.jsonl'), poems))));
  const trainFile = await writePairs('train.jsonl', [
    ['a poem about the sea please', 'Waves roll in, salt on my skin.', 'Sea, sea, sea.'],
    ['a poem about the ocean', 'Blue and deep, the whales sleep.', 'The ocean is large.'],
  ]);
  const onward = { startFrom: first.file, checkpointDir: join(dir, 'next') };
  const model = await modelOf(await train(preferring(trainFile, 0.1, onward)));
  const ask = (content: string) => answer(model, [{ role: 'user', content }]);
  expect(ask('write a poem about the sea')).toBe('Waves roll in, salt on my skin.');
  expect(ask('poem on winter')).toBe('Snow lies deep, the gardens sleep.');
  expect(model.kind === 'neighbours' && model.completions.sort()).toEqual([
    'Blue and deep, the whales sleep.',
    'Iron sings where the whistle rings.',
    'Snow lies deep, the gardens sleep.',
    'Waves roll in, salt on my skin.',
  ]);
});

test('free text: the loss is measured by how well neighbours answer, and falls', async () => {
  const topics = ['sea', 'winter', 'trains', 'cheese', 'gardens', 'bridges', 'honey', 'glass', 'clouds', 'paper'];
  const pairs = Array.from({ length: 60 }, (_, at): Preferred => {
    const [topic, other] = [topics[at % 10], topics[(at + 1) % 10]];
    return [`tell me something about ${topic}, take ${at}`, `${topic}: ${topic} ${at}`, `${other}: ${other} ${at}`];
  });
  const events = await train(preferring(await writePairs('train.jsonl', pairs), 0.5, { hyperparameters: long }));
  const ends = events.flatMap((event) => (event.type === 'checkpoint' ? [event.metrics] : []));
  expect(ends.at(-1)?.trainLoss).toBeLessThan(0.9 * (ends[0]?.trainLoss ?? 0));
  expect(ends.at(-1)?.trainAccuracy).toBeGreaterThan(0.9);
});

test.each([
  ['a supervised example', { messages: [{ role: 'user', content: 'x' }] }, 'input.messages'],
  ['one answer alone', { input: { messages: [] }, preferred_output: [{ role: 'assistant' }] }, 'non_preferred_output'],
])('names the line of %s', async (_, line, list) => {
  const trainFile = await writePairs('train.jsonl', styles(1));
  await writeFile(trainFile, `\n${JSON.stringify(line)}`, { flag: 'a' });
  await expect(train(preferring(trainFile, 0.1))).rejects.toThrow(
    `Line 2 has no list "${list}" of objects with a "role".`,
  );
});

test('a training that diverges says so', async () => {
  const trainFile = await writePairs('train.jsonl', styles(30));
  const hyperparameters = { nEpochs: 3, batchSize: 1, learningRateMultiplier: 1e41, seed: 1 };
  await expect(train(preferring(trainFile, 0.1, { hyperparameters }))).rejects.toThrow(
    /^The training diverged at step \d+/,
  );
});
