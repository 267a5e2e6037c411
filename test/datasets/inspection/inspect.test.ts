import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { convertFiles } from '../../../src/datasets/convert/convert.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { seededRandom } from '../../../src/datasets/random.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const good = Array.from({ length: 10 }, (_, i) => chat(`What is ${i}?`, `It is ${i}.`));

/** Of numbers that are all the same. */
const each = (value: number) => ({ min: value, p5: value, median: value, mean: value, p95: value, max: value });

test('a good file has no problems, and a size', async () => {
  const steps: number[][] = [];
  const path = await files.write('good.jsonl', jsonl(good));
  const inspection = await inspectDataset(path, { onProgress: (done, total) => steps.push([done, total]) });
  // 3 + 3 messages of 3 + roles 3 + "Be brief." 3 + "What is 0?" 5 + "It is 0." 5
  expect(inspection).toEqual({
    method: 'supervised',
    examples: 10,
    tokens: 280,
    answerTokens: 50,
    finalTokens: 50,
    faultless: 10,
    longest: 28,
    beyond: {},
    lengths: [{ upTo: 32, examples: 10 }],
    spreads: { messages: each(3), tokens: each(28), answerTokens: each(5) },
    removable: {},
    problems: [],
    errors: 0,
    warnings: 0,
  });
  const bytes = Buffer.byteLength(jsonl(good));
  expect(steps).toEqual([[bytes, bytes]]);
});

test('how long examples are, in ranges that double', async () => {
  const words = (count: number) => chat(Array.from({ length: count }, () => ' a').join(''), 'x');
  const path = await files.write('lengths.jsonl', jsonl([...good, words(200), words(210), words(1)]));
  const { lengths } = await inspectDataset(path);
  expect(lengths).toEqual([
    { upTo: 32, examples: 11 },
    { upTo: 64, examples: 0 },
    { upTo: 128, examples: 0 },
    { upTo: 256, examples: 2 },
  ]);
});

test('how messages, tokens and tokens of answers are spread, of a pair those of both answers; wrong lines do not count', async () => {
  const turns = (count: number) =>
    JSON.stringify({
      messages: Array.from({ length: count }, (_, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content: 'x' })),
    });
  const path = await files.write('spread.jsonl', jsonl([...good, turns(2), turns(8), '{}']));
  const { spreads, tokens, answerTokens } = await inspectDataset(path);
  expect(spreads.messages).toMatchObject({ min: 2, median: 3, mean: 40 / 12, max: 8 });
  expect(spreads.messages.p95).toBeCloseTo(5.25, 9);
  expect(spreads.tokens.mean * 12).toBeCloseTo(tokens, 9);
  expect(spreads.answerTokens).toMatchObject({ min: 1, median: 5, mean: answerTokens / 12, max: 5 });

  const pair = JSON.stringify({
    input: { messages: [{ role: 'user', content: 'x' }] },
    preferred_output: [{ role: 'assistant', content: 'one two' }],
    non_preferred_output: [{ role: 'assistant', content: 'one' }],
  });
  const pairs = await inspectDataset(await files.write('pairs.jsonl', pair), { method: 'dpo' });
  expect(pairs.spreads).toMatchObject({ messages: { max: 2 }, answerTokens: { max: 3 } });
});

test('what could be left out is counted with its tokens, by the check that speaks of it', async () => {
  const lines = [...good, chat('What is 0?', 'It is 0.'), chat('What is 1?', 'No.'), chat('What is nothing?', ' ')];
  const { removable, problems } = await inspectDataset(await files.write('spare.jsonl', jsonl(lines)));
  expect(problems.map(({ code }) => code)).toEqual(['duplicate_example', 'contradictory_answer', 'empty_answer']);
  expect(removable).toEqual({
    duplicate_example: { examples: 1, tokens: 28 },
    contradictory_answer: { examples: 1, tokens: 25 },
    empty_answer: { examples: 1, tokens: 23 },
  });
});

test('what models of several contexts do not read is counted for each, of a pair of each side', async () => {
  const long = [...good, chat('What is 0?', 'It is 0.'), chat('What is more?', 'It is 10.')];
  const path = await files.write('beyond.jsonl', jsonl(long));
  const { beyond, tokens, removable } = await inspectDataset(path, { contexts: [20, 27, 28, 1000] });
  expect({ beyond, tokens }).toEqual({ beyond: { 20: 11 * 8 + 7, 27: 11 }, tokens: 11 * 28 + 27 });
  expect(removable).toEqual({ duplicate_example: { examples: 1, tokens: 28, beyond: { 20: 8, 27: 1 } } });
  const pair = JSON.stringify({
    input: { messages: [{ role: 'user', content: 'x' }] },
    preferred_output: [{ role: 'assistant', content: 'one two three' }],
    non_preferred_output: [{ role: 'assistant', content: 'one' }],
  });
  const pairs = await inspectDataset(await files.write('cut.jsonl', pair), { method: 'dpo', maxTokensPerExample: 14 });
  // Sides of 3 + 2 messages of 3 + roles 2 + "x" 1 + 3 or 1
  expect(pairs).toMatchObject({ tokens: 15 + 13, beyond: { 14: 1 } });
});

test('few distinct answers are classes; one that is much rarer than another is worth a warning', async () => {
  const of = async (name: string, counts: Record<string, number>) => {
    const lines = Object.entries(counts).flatMap(([answer, count]) =>
      Array.from({ length: count }, (_, i) => chat(`Number ${i} of ${answer}`, answer)),
    );
    const { classes, problems } = await inspectDataset(await files.write(name, jsonl(lines)));
    return { classes, codes: problems.map(({ code }) => code) };
  };
  expect(await of('even.jsonl', { a: 30, b: 19, c: 2 })).toEqual({
    classes: { count: 3, most: 30, fewest: 2 },
    codes: [],
  });
  expect(await of('odd.jsonl', { a: 60, b: 3 })).toEqual({
    classes: { count: 2, most: 60, fewest: 3 },
    codes: ['class_imbalance'],
  });
  const free = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`answer ${i}`, 1]));
  expect(await of('free.jsonl', free)).toEqual({ classes: undefined, codes: [] });
});

test('errors are told line by line, warnings of a kind once with their number', async () => {
  const noSystem = JSON.stringify({
    messages: [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y' },
    ],
  });
  const path = await files.write(
    'bad.jsonl',
    jsonl([noSystem, 'nonsense', '[1, 2', noSystem, '{"messages": 1}', ...good]),
  );
  const inspection = await inspectDataset(path);
  expect(inspection).toMatchObject({ examples: 15, errors: 3, warnings: 2 });
  expect(inspection.problems.map(({ line, code, severity }) => [line, code, severity])).toEqual([
    [2, 'invalid_json', 'error'],
    [3, 'invalid_json', 'error'],
    [5, 'missing_messages_list', 'error'],
    [1, 'missing_system_message', 'warning'],
    [4, 'duplicate_example', 'warning'],
  ]);
  expect(inspection.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The line is not JSON: see character 1\. .*convert/),
    expect.stringMatching(/^The line is not JSON: it ends too early\./),
    expect.any(String),
    expect.stringMatching(/ \(2 times: lines 1, 4\)$/),
    expect.any(String),
  ]);
});

test('a warning names every line that it is about, once for each place in it', async () => {
  const twice = JSON.stringify({
    messages: [
      { role: 'system', content: 'x' },
      { role: 'user', content: 'a@firm.io' },
      { role: 'assistant', content: 'b@firm.io' },
    ],
  });
  const path = await files.write(
    'places.jsonl',
    jsonl([...good, twice, chat('c@firm.io', 'x'), chat('y', 'd@firm.io')]),
  );
  const { problems } = await inspectDataset(path);
  const [found] = problems.filter(({ code }) => code === 'personal_data');
  expect(found).toMatchObject({ line: 11, path: 'messages[1].content' });
  expect(found?.message).toMatch(/ \(4 times: lines 11, 12, 13\)$/);
  expect(found?.more).toEqual([
    { line: 11, path: 'messages[2].content' },
    { line: 12, path: 'messages[1].content' },
    { line: 13, path: 'messages[2].content' },
  ]);
});

test('fields that are meant to be there are no problem', async () => {
  const line = JSON.stringify({ ...JSON.parse(chat('a', 'b')), customer: 1, mood: 'x' });
  const path = await files.write('fields.jsonl', jsonl([line]));
  const { problems } = await inspectDataset(path, { minimumExamples: 0, fields: ['customer'] });
  expect(problems).toMatchObject([{ code: 'example_unrecognized_key', path: '"mood"' }]);
});

test('of a line with very many problems the first hundred are told, errors before warnings', async () => {
  const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at]));
  const robots = Array.from({ length: 1000 }, () => ({ role: 'robot', content: 'x' }));
  const asked = { role: 'user', content: 'x', ...keys };
  const path = await files.write(
    'endless.jsonl',
    jsonl(
      [
        { messages: robots, ...keys },
        { messages: [asked], ...keys },
        { ...keys, messages: [] },
      ].map((line) => JSON.stringify(line)),
    ),
  );
  const { problems, errors } = await inspectDataset(path, { minimumExamples: 0, maxProblems: 1000 });
  const of = (line: number) =>
    problems.filter((problem) => problem.line === line && problem.severity === 'error').length;
  expect([of(1), of(2), of(3), errors]).toEqual([100, 100, 1, 201]);
});

test('only the first problems are kept, all are counted', async () => {
  const path = await files.write('many.jsonl', jsonl(Array.from({ length: 500 }, () => '{}')));
  const inspection = await inspectDataset(path, { maxProblems: 7 });
  expect(inspection).toMatchObject({ examples: 500, errors: 500, warnings: 0 });
  expect(inspection.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('too few examples, and examples too long to be trained on', async () => {
  const path = await files.write('few.jsonl', jsonl([...good.slice(1), chat('word '.repeat(30), 'yes')].slice(1)));
  expect(await inspectDataset(path, { maxTokensPerExample: 28 })).toMatchObject({
    examples: 9,
    problems: [{ code: 'too_few_examples' }, { code: 'example_too_long', severity: 'warning', line: 9 }],
  });
  expect((await inspectDataset(path, { minimumExamples: 9 })).errors).toBe(0);
});

test('of an example too long to be trained on it is told where it is cut off, and what is lost', async () => {
  const long = 'word '.repeat(30);
  const message = (role: string, content: string) => ({ role, content });
  const lines = [
    {
      messages: [message('user', 'hi'), message('assistant', 'yes'), message('user', long), message('assistant', 'ok')],
    },
    { messages: [message('user', 'hi'), message('assistant', long)] },
  ];
  const told = async (value: unknown, method: 'supervised' | 'reinforcement') => {
    const path = await files.write('long.jsonl', jsonl([JSON.stringify(value)]));
    const { problems } = await inspectDataset(path, { method, minimumExamples: 1, maxTokensPerExample: 28 });
    return problems.find(({ code }) => code === 'example_too_long');
  };
  expect(await told(lines[0], 'supervised')).toMatchObject({
    path: 'messages[2]',
    message:
      'The example has 25 tokens more than the 28 that are trained on: it is cut off within this message, and what stands behind is lost, the answer too. Shorten it.',
  });
  expect(await told(lines[1], 'supervised')).toMatchObject({
    path: 'messages[1]',
    message: expect.stringContaining(': it is cut off within this answer, whose end is lost. Shorten it.'),
  });
  expect(await told({ messages: [message('user', long)] }, 'reinforcement')).toMatchObject({
    path: 'messages[0]',
    message: expect.stringContaining(
      ': it is cut off within this message, and what stands behind is lost. Shorten it.',
    ),
  });
});

test('UTF-16 is one problem and not one a line', async () => {
  const path = await files.write('utf16.jsonl', Buffer.from(`\uFEFF${jsonl(good)}`, 'utf16le'));
  const { problems } = await inspectDataset(path, { minimumExamples: 0 });
  expect(problems.map(({ code }) => code)).toEqual(['not_utf8_file']);
});

test('random bytes are problems, never a crash', async () => {
  const random = seededRandom(7);
  const bytes = Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(random() * 256)));
  const inspection = await inspectDataset(await files.write('random.jsonl', bytes));
  expect(inspection.errors).toBe(inspection.examples);
  expect(inspection.errors).toBeGreaterThan(200);
});

test('hostile examples are read like any other', async () => {
  const hostile = [
    '{"__proto__": {"messages": []}, "constructor": 1, "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}',
    chat('👩‍👩‍👧‍👦 <|endoftext|> \u0000 \ud800', '<|im_start|>'),
    `{"messages": ${'['.repeat(1_000_000)}`,
  ];
  const { problems } = await inspectDataset(await files.write('hostile.jsonl', jsonl(hostile)), { minimumExamples: 0 });
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [3, 'too_deep'],
    [1, 'missing_system_message'],
    [1, 'example_unrecognized_key'],
    [2, 'special_token'],
    [2, 'garbled_text'],
  ]);
  expect(Object.hasOwn(Object.prototype, 'messages')).toBe(false);
});

test('a table and a JSON array are refused as a whole, by what makes lines of them', async () => {
  const advice = expect.stringContaining('tunewright convert');
  for (const [name, content] of [
    ['table.csv', 'text,label\na,b\n'],
    ['array.json', '\ufeff[{"messages": []}]'],
    ['array.jsonl', '[\n{}\n]'],
  ] as const) {
    const path = await files.write(name, content);
    await expect(inspectDataset(path)).rejects.toMatchObject({ code: 'invalid_data', advice });
  }
});

test('a key that stands twice is one problem, whatever its last value', async () => {
  const line = '{"messages": [{"role": "user", "content": "x"}], "messages": []}';
  const { problems } = await inspectDataset(await files.write('twice.jsonl', line), { minimumExamples: 0 });
  expect(problems).toMatchObject([{ code: 'duplicate_key', path: 'messages' }]);
});

test('what cannot be read is refused with advice', async () => {
  const advice = expect.stringMatching(/\.$/);
  await expect(inspectDataset(files.path('absent.jsonl'))).rejects.toMatchObject({ code: 'source_missing', advice });
  await expect(inspectDataset(files.path('.'))).rejects.toMatchObject({ code: 'source_unreadable', advice });
  await expect(inspectDataset('/dev/zero')).rejects.toMatchObject({ code: 'source_unreadable', advice });
  await expect(inspectDataset(await files.write('empty', ''))).rejects.toMatchObject({ code: 'invalid_data', advice });
});

test('an inspection that is aborted ends', async () => {
  const path = await files.write('abort.jsonl', jsonl(Array.from({ length: 20_000 }, () => '{}')));
  const abort = new AbortController();
  let done = 0;
  const inspection = inspectDataset(path, {
    signal: abort.signal,
    onProgress() {
      done += 1;
      abort.abort(new Error('enough'));
    },
  });
  await expect(inspection).rejects.toThrow('enough');
  expect(done).toBe(1);
});

const shared = resolve(process.env.TUNEWRIGHT_SHARED ?? '../shared', 'data', 'banking77');
const onBanking77 = existsSync(shared) ? test : test.skip;
onBanking77('10,003 real questions are examples without errors (skipped where the data is absent)', async () => {
  const path = files.path('banking77.jsonl');
  const input = { path: join(shared, 'train.csv'), name: 'train.csv' };
  await convertFiles([input], path, { system: 'Answer with the one intent that fits.' });
  expect(await inspectDataset(path)).toMatchObject({
    examples: 10_003,
    errors: 0,
    warnings: 0,
  });
});
