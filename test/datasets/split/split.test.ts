import { mkdir } from 'node:fs/promises';
import { folderStore } from '../../../src/artifacts/index.ts';
import type { ArtifactRef } from '../../../src/contract/artifact.ts';
import { type SplitSources, splitDataset } from '../../../src/datasets/split/split.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const shares = { validation: 0.1, test: 0.2 };
const store = () => folderStore(files.path('store'));

beforeAll(async () => {
  await mkdir(files.path('store'));
});

async function split(sources: Omit<SplitSources, 'shares' | 'seed'> & Partial<SplitSources>) {
  return await splitDataset({ shares, seed: 1, ...sources }, store());
}

async function linesOf(part: ArtifactRef | undefined): Promise<string[]> {
  const content = part ? await store().readText(part) : '';
  expect(content.endsWith('\n')).toBe(part !== undefined);
  return content.split('\n').slice(0, -1);
}

/** 200 questions: 10 with the answer rare, 190 with the answer common, in that order. */
const two = Array.from({ length: 200 }, (_, i) => chat(`Question ${i}`, i < 10 ? 'rare' : 'common'));
const twoPath = () => files.write('two.jsonl', jsonl(two));

test('every example is in one part, in random order, and each part has its share of each answer', async () => {
  const parts = await split({ train: await twoPath() });
  const [train, validation, held] = [
    await linesOf(parts.train),
    await linesOf(parts.validation),
    await linesOf(parts.test),
  ];
  expect([train.length, validation.length, held.length]).toEqual([140, 20, 40]);
  expect([parts.train.examples, parts.validation?.examples, parts.test.examples]).toEqual([140, 20, 40]);
  expect([...train, ...validation, ...held].sort()).toEqual([...two].sort());
  expect(train).not.toEqual(two.filter((line) => train.includes(line)));
  const rare = (lines: string[]) => lines.filter((line) => line.includes('"rare"')).length;
  expect(rare(held)).toBe(2);
  expect(rare(validation)).toBe(1);
  // 3 + 3 messages of 3 + roles 3 + "Be brief." 3 + "Question 100" 3 or 4 + answer 1
  expect(parts.test.answerTokens).toBe(40);
  expect(parts.test.tokens).toBeGreaterThan(40 * 20);
  expect(parts.test.tokens).toBeLessThan(40 * 25);
});

test('of what is trained on is counted what the model reads', async () => {
  const { train, test: held } = await split({ train: await twoPath(), context: 20 });
  expect(train.trainedTokens).toBe(140 * 20);
  expect(train.tokens).toBeGreaterThan(140 * 20);
  expect(held.trainedTokens).toBeLessThan(held.tokens);
  const whole = await split({ train: await twoPath() });
  expect(whole.train.trainedTokens).toBe(whole.train.tokens);
});

test('the same file and seed give the same bytes, another seed others', async () => {
  const train = await twoPath();
  const once = await split({ train });
  expect(await split({ train })).toEqual(once);
  expect((await split({ train, seed: 2 })).test.sha256).not.toBe(once.test.sha256);
});

test('examples that ask the same stay together, whatever their answers and keys', async () => {
  const asked = (i: number, answer: string) =>
    `{"messages": [{"content": "Question ${i}", "role": "user"}, {"role": "assistant", "content": "${answer}"}]}`;
  const lines = Array.from({ length: 60 }, (_, i) => [
    asked(i, 'a'),
    asked(i, 'b').replace(', ', ',  '),
    asked(i, 'a'),
  ]).flat();
  const parts = await split({ train: await files.write('same.jsonl', jsonl(lines)) });
  const questions = async (part: ArtifactRef | undefined) =>
    new Set((await linesOf(part)).map((line) => /Question \d+/.exec(line)?.[0]));
  const [train, validation, held] = [
    await questions(parts.train),
    await questions(parts.validation),
    await questions(parts.test),
  ];
  expect(train.size + validation.size + held.size).toBe(60);
  expect(held.size).toBe(12);
});

test('examples that ask nearly the same stay together; more than are set aside are trained on', async () => {
  const place = (i: number) => `${['Rome', 'Oslo', 'Lima', 'Cairo'][i % 4]} by the ${i} o'clock train number ${i * 37}`;
  const asked = (i: number, end: string) => chat(`I would like to travel to ${place(i)} with my two dogs${end}`, 'a');
  const lines = Array.from({ length: 60 }, (_, i) => [asked(i, ''), asked(i, ', please')]).flat();
  const parts = await split({ train: await files.write('near.jsonl', jsonl(lines)) });
  const places = async (part: ArtifactRef | undefined) =>
    new Set((await linesOf(part)).map((line) => /number \d+/.exec(line)?.[0]));
  const [train, held] = [await places(parts.train), await places(parts.test)];
  expect(held.size).toBe(12);
  expect([...held].filter((one) => train.has(one))).toEqual([]);

  const alike = Array.from({ length: 40 }, (_, i) =>
    chat(`Where is the parcel that I ordered with the number ${i}?`, 'b'),
  );
  const most = await split({ train: await files.write('alike.jsonl', jsonl([...lines, ...alike])) });
  expect((await linesOf(most.train)).filter((line) => line.includes('parcel'))).toHaveLength(40);
});

test('free text is divided without classes', async () => {
  const lines = Array.from({ length: 50 }, (_, i) => chat(`Question ${i}`, `Answer ${i}`));
  const parts = await split({ train: await files.write('free.jsonl', jsonl(lines)) });
  expect([parts.train.examples, parts.validation?.examples, parts.test.examples]).toEqual([35, 5, 10]);
});

test('byte order mark, CRLF, blank lines and a missing last line end are put right', async () => {
  const { lines, ...plain } = await split({ train: await twoPath() });
  const odd = await files.write('odd.jsonl', `\uFEFF${two.join('\r\n\r\n')}`);
  const everySecond = Object.entries(lines).map(([part, of]) => [part, of.map((line) => 2 * line - 1)]);
  expect(await split({ train: odd })).toEqual({ ...plain, lines: Object.fromEntries(everySecond) });
});

test("files of one's own are kept whole, and what they share with training is told", async () => {
  const asked = 'Could you please tell me where my parcel is now';
  const train = await files.write('with-near.jsonl', jsonl([...two, chat(`${asked}?`, 'rare')]));
  const own = [chat('Question 3', 'other'), chat('Something else', 'common'), chat(`${asked} then`, 'rare')];
  const test = await files.write('own.jsonl', jsonl(own));
  const parts = await split({ train, test, shares: { validation: 0, test: 0.2 } });
  expect(parts.train.examples).toBe(201);
  expect(parts).not.toHaveProperty('validation');
  expect((await linesOf(parts.test)).sort()).toEqual([...own].sort());
  expect(parts.seen).toBe(1);
  const warning = { severity: 'warning', path: 'data.test' };
  expect(parts.problems).toEqual([
    { code: 'leaked_prompts', message: expect.stringMatching(/^1 of 3 examples ask what .*\(line 1\)/), ...warning },
    {
      code: 'nearly_leaked_prompts',
      message: expect.stringMatching(/^1 of 3 examples ask nearly what .*\(line 3\)/),
      ...warning,
    },
  ]);
});

test('what the held-out file shares with the validation file is told', async () => {
  const train = await files.write('apart.jsonl', jsonl(two));
  const validation = await files.write('apart-v.jsonl', jsonl([chat('Something else', 'common')]));
  const test = await files.write('apart-t.jsonl', jsonl([chat('Something new', 'rare'), chat('Something else', 'x')]));
  const { problems } = await split({ train, validation, test });
  expect(problems).toEqual([
    {
      code: 'leaked_prompts',
      severity: 'warning',
      path: 'data.test',
      message: expect.stringMatching(/^1 of 2 examples ask what the validation file asks too \(line 2\)/),
    },
  ]);
});

test('a held-out file is put in random order: its start stands for all of it', async () => {
  const test = await files.write('sorted.jsonl', jsonl(two.map((line) => line.replace('Question', 'Other'))));
  const lines = await linesOf((await split({ train: await twoPath(), test })).test);
  const firstHalf = lines.slice(0, 100).filter((line) => /Other \d{1,2}"/.test(line));
  expect(lines).toHaveLength(200);
  expect(firstHalf.length).toBeGreaterThan(30);
  expect(firstHalf.length).toBeLessThan(70);
});

test('too little to train on or to test with is refused', async () => {
  const train = await files.write('twelve.jsonl', jsonl(two.slice(0, 12)));
  await expect(split({ train })).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('Of 12 examples 9'),
  });
  const nothingHeld = split({ train, shares: { validation: 0, test: 0 } });
  await expect(nothingHeld).rejects.toMatchObject({
    code: 'invalid_data',
    advice: expect.stringContaining('split.test'),
  });
  expect((await split({ train, shares: { validation: 0, test: 0.2 } })).train.examples).toBe(10);
  expect((await split({ train, minimumExamples: 9 })).train.examples).toBe(9);
});

test('where all ask nearly the same nothing can be held out, and that is what is told', async () => {
  const question = 'Where can I see what the bank has taken for the transfer to my sister';
  const lines = Array.from({ length: 50 }, (_, at) =>
    chat(`${at % 2 ? 'Please: ' : ''}${question}${'?'.repeat(at)}`, `a${at}`),
  );
  const train = await files.write('one.jsonl', jsonl(lines));
  await expect(split({ train })).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('50 of 50 stay together'),
    advice: expect.stringMatching(/^Name a file of other questions as data\.test/),
  });
});

test('a line that is no example stops the split and is named', async () => {
  const train = await files.write('broken.jsonl', jsonl([...two, '{"messages": []}']));
  await expect(split({ train })).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('line 201'),
  });
});

const customers = Array.from({ length: 200 }, (_, i) => ({
  ...JSON.parse(chat(`Question ${i}`, 'answer')),
  meta: { customer: i % 40, at: new Date(Date.UTC(2026, 0, 1 + i)).toISOString() },
}));
const customersPath = () => files.write('customers.jsonl', jsonl(customers.map((line) => JSON.stringify(line))));
const parsed = async (part: ArtifactRef | undefined) => (await linesOf(part)).map((line) => JSON.parse(line));

test('examples of one group stay in one part; the field is not uploaded, and graders see it', async () => {
  const parts = await split({ train: await customersPath(), fields: { groupBy: 'meta.customer' } });
  const held = await parsed(parts.test);
  expect(held).toHaveLength(40);
  const there = new Set(held.map(({ meta }) => meta.customer));
  expect(there.size).toBe(8);
  const uploaded = [...(await parsed(parts.train)), ...(await parsed(parts.validation))];
  expect(uploaded.flatMap(Object.keys)).toEqual(uploaded.map(() => 'messages'));
  const questionsOf = (customer: number) => customers.filter(({ meta }) => meta.customer === customer);
  const asked = new Set(uploaded.map(({ messages }) => messages[1].content));
  for (const customer of there) {
    for (const { messages } of questionsOf(customer)) expect(asked).not.toContain(messages[1].content);
  }
});

test('further fields are left out of what is uploaded, but for those that are trained on', async () => {
  const parts = await split({ train: await customersPath(), leftOut: ['meta', 'messages'] });
  const uploaded = [...(await parsed(parts.train)), ...(await parsed(parts.validation))];
  expect(uploaded.flatMap(Object.keys)).toEqual(uploaded.map(() => 'messages'));
  expect((await parsed(parts.test)).every(({ meta }) => meta)).toBe(true);
});

test('where every group is more than should validate, none does, and a warning says so', async () => {
  const few = customers.map(({ meta, ...line }) => JSON.stringify({ ...line, customer: meta.customer % 5 }));
  const train = await files.write('few-customers.jsonl', jsonl(few));
  const fields = { groupBy: 'customer' };
  const { validation, problems } = await split({ train, fields });
  expect(validation).toBeUndefined();
  expect(problems).toEqual([
    {
      code: 'nothing_validates',
      severity: 'warning',
      message: expect.stringContaining('though 20 should: up to 40 stay together'),
    },
  ]);
  expect((await split({ train, fields, shares: { validation: 0.2, test: 0.2 } })).problems).toEqual([]);
  expect((await split({ train, fields, shares: { validation: 0, test: 0.2 } })).problems).toEqual([]);
});

test('groups that share a question are one', async () => {
  const line = (question: string, group: string) => JSON.stringify({ ...JSON.parse(chat(question, 'x')), group });
  const chain = Array.from({ length: 30 }, (_, i) => [line(`q ${i}`, `g ${i}`), line(`q ${i}`, `g ${i + 1}`)]).flat();
  const others = Array.from({ length: 60 }, (_, i) => line(`other ${i}`, `own ${i}`));
  const parts = await split({
    train: await files.write('chain.jsonl', jsonl([...others, ...chain])),
    fields: { groupBy: 'group' },
  });
  // More than is held out: all of it is trained on.
  const isOfChain = ({ messages }: { messages: { content: string }[] }) => messages[1]?.content.startsWith('q ');
  expect((await parsed(parts.train)).filter(isOfChain)).toHaveLength(60);
});

test('by time the newest examples are held out, those before them validate', async () => {
  const parts = await split({ train: await customersPath(), fields: { timeBy: 'meta.at' } });
  const asked = (lines: { messages: { content: string }[] }[]) =>
    lines.map(({ messages }) => Number(messages[1]?.content.split(' ')[1])).sort((a, b) => a - b);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  expect(asked(await parsed(parts.test))).toEqual(range(160, 200));
  expect(asked(await parsed(parts.validation))).toEqual(range(140, 160));
  expect(asked(await parsed(parts.train))).toEqual(range(0, 140));
});

test.each([
  [{ groupBy: 'meta.nobody' }, 'line 1: it has no field "meta.nobody" that is a text or a number'],
  [{ timeBy: 'messages' }, 'line 1: it has no field "messages" that is a time'],
])('a line that cannot be divided by %j is named', async (fields, told) => {
  await expect(split({ train: await customersPath(), fields })).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining(told),
  });
});

test('a field within what is trained on is refused: it could not be left out', async () => {
  const pair = (i: number) =>
    JSON.stringify({
      input: { messages: [{ role: 'user', content: `Question ${i}` }], customer: i },
      preferred_output: [{ role: 'assistant', content: 'yes' }],
      non_preferred_output: [{ role: 'assistant', content: 'no' }],
    });
  const train = await files.write('within.jsonl', jsonl(Array.from({ length: 50 }, (_, i) => pair(i))));
  await expect(split({ train, method: 'dpo', fields: { groupBy: 'input.customer' } })).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('"input"'),
  });
});
