import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, type ChatMessage, loadModel } from '../../../src/simulator/learner/index.ts';
import { finished, folder, modelOf, type Pair, remove, requestIn, separable, train, writeChat } from './support.ts';

let dir: string;
beforeEach(async () => {
  dir = await folder();
});
afterEach(() => remove(dir));

const user = (content: ChatMessage['content']): ChatMessage[] => [{ role: 'user', content }];

test('temperature 0 repeats the likeliest answer; above it draws vary, and a seed repeats a draw', async () => {
  const pairs: Pair[] = Array.from({ length: 40 }, () => ['heads or tails', 'heads']);
  pairs.push(...Array.from({ length: 30 }, (): Pair => ['heads or tails', 'tails']));
  const trainFile = await writeChat(join(dir, 'train.jsonl'), pairs);
  const model = await modelOf(await train(requestIn(dir, trainFile)));
  const draws = (temperature: number, seed?: number) =>
    new Set(
      Array.from({ length: 60 }, (_, at) => answer(model, user('heads or tails'), { temperature, seed: seed ?? at })),
    );
  expect([...draws(0)]).toHaveLength(1);
  expect([...draws(1)].sort()).toEqual(['heads', 'tails']);
  expect([...draws(1, 5)]).toHaveLength(1);
});

test('odd prompts are answered with one of the learned completions', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(60));
  const model = await modelOf(await train(requestIn(dir, trainFile)));
  const odd: ChatMessage[][] = [
    [],
    user(''),
    user(null),
    [{ role: 'user' }],
    user('🙂👩‍👩‍👧‍👦 \ud800 \u0000'),
    user('x'.repeat(100_000)),
    user([{ type: 'image_url' }, { type: 'text', text: 'euros' }]),
    [{ role: 'system', content: 'only this' }],
  ];
  for (const messages of odd) {
    expect(['lost_card', 'exchange_rate', 'forgotten_pin']).toContain(answer(model, messages));
    expect(answer(undefined, messages)).toContain('simulated base model');
  }
  expect(answer(model, user([{ type: 'text', text: 'which currency, dollars?' }]))).toBe('exchange_rate');
});

test('odd training lines are learned from: empty content, emoji, 100 KB, U+2028, a byte order mark', async () => {
  const texts = ['', '🙂', 'long '.repeat(20_000), 'a\u2028b', 'plain'];
  const lines = [...texts, ...texts].map((content) =>
    JSON.stringify({ messages: [...user(content), { role: 'assistant', content: 'ok' }] }),
  );
  const trainFile = join(dir, 'train.jsonl');
  await writeFile(trainFile, `\ufeff${lines.join('\r\n')}\n\n`);
  const events = await train(requestIn(dir, trainFile));
  expect(finished(events).examples).toBe(10);
  expect(answer(await modelOf(events), user('plain'))).toBe('ok');
});

test('a learned tool call is answered in one canonical form, its random ids left out', async () => {
  const example = (id: string, text: string) => ({
    messages: [
      ...user('weather in Paris'),
      {
        role: 'assistant',
        tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: text } }],
      },
    ],
  });
  const lines = [
    example('call_1', '{"city":"Paris","unit":"c"}'),
    example('call_2', '{ "unit": "c", "city": "Paris" }'),
  ];
  const trainFile = join(dir, 'train.jsonl');
  await writeFile(trainFile, lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(answer(await modelOf(await train(requestIn(dir, trainFile))), user('weather in Paris'))).toBe(
    '{"tool_calls":[{"function":{"arguments":"{\\"city\\":\\"Paris\\",\\"unit\\":\\"c\\"}","name":"weather"},"type":"function"}]}',
  );
});

test('the turn before the question and the system prompt count', async () => {
  const lines = Array.from({ length: 20 }, (_, at) => {
    const [before, system, content] = [
      ['Shall I cancel it?', 'bank', 'cancel'],
      ['Shall I send it?', 'bank', 'send'],
      ['Shall I send it?', 'post', 'parcel'],
    ][at % 3] ?? ['', '', ''];
    const turns = [{ role: 'assistant', content: before }, ...user('yes'), { role: 'assistant', content }];
    return JSON.stringify({ messages: [{ role: 'system', content: system }, ...turns] });
  });
  const trainFile = join(dir, 'train.jsonl');
  await writeFile(trainFile, lines.join('\n'));
  const hyperparameters = { nEpochs: 10, batchSize: 4, learningRateMultiplier: 1, seed: 7 };
  const model = await modelOf(await train(requestIn(dir, trainFile, { hyperparameters })));
  const ask = (system: string, before: string) =>
    answer(model, [{ role: 'system', content: system }, { role: 'assistant', content: before }, ...user('yes')]);
  expect(ask('bank', 'Shall I cancel it?')).toBe('cancel');
  expect(ask('bank', 'Shall I send it?')).toBe('send');
  expect(ask('post', 'Shall I send it?')).toBe('parcel');
});

test('a file that is no weights file, or half of one, is refused by name', async () => {
  const trainFile = await writeChat(join(dir, 'train.jsonl'), separable(20));
  const { file } = finished(await train(requestIn(dir, trainFile)));
  const half = join(dir, 'half.weights');
  const whole = await readFile(file);
  await writeFile(half, whole.subarray(0, whole.length / 2));
  await expect(loadModel(half)).rejects.toThrow(`${half} is not a usable weights file: it ends too early.`);
  await expect(loadModel(trainFile)).rejects.toThrow(`${trainFile} is not a usable weights file`);
});
