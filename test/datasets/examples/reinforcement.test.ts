import { readFile } from 'node:fs/promises';
import { folderStore } from '../../../src/artifacts/index.ts';
import { checkQuestion } from '../../../src/datasets/examples/reinforcement.ts';
import { mend } from '../../../src/datasets/fix/mend.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { splitDataset } from '../../../src/datasets/split/split.ts';
import { jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const user = { role: 'user', content: 'What is 6 times 7?' };
const system = { role: 'developer', content: 'Answer with a number.' };
const schema = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } };
const item = (number: number, changes: object = {}): string =>
  JSON.stringify({
    messages: [system, { role: 'user', content: `What is ${number} times ${number + 1}, said in one word?` }],
    reference_answer: String(number * (number + 1)),
    ...changes,
  });

test.each<[string, unknown]>([
  ['free fields', { messages: [system, user], reference_answer: '42', meta: { level: [1, 2] } }],
  ['a response format', { messages: [system, user], response_format: schema }],
  ['an earlier turn', { messages: [system, user, { role: 'assistant', content: '42' }, user] }],
])('%s are taken', (_, example) => {
  expect(checkQuestion(example)).toEqual([]);
});

const finding = (code: string, path?: string) =>
  expect.objectContaining({ code, severity: 'error', ...(path === undefined ? {} : { path }) });

test.each<[string, unknown, unknown]>([
  ['no object', [], finding('data_type')],
  ['a pair', { input: {}, preferred_output: [] }, finding('wrong_format')],
  ['no messages', { messages: [] }, finding('missing_messages_list', 'messages')],
  [
    'an answer at the end',
    { messages: [system, user, { role: 'assistant', content: '42' }] },
    finding('last_message_not_user', 'messages[2]'),
  ],
  [
    'a role of nobody',
    { messages: [system, { ...user, role: 'robot' }] },
    finding('unrecognized_role', 'messages[1].role'),
  ],
  [
    'a schema without a name',
    { messages: [system, user], response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    finding('invalid_response_format', 'response_format'),
  ],
])('%s is refused', (_, example, expected) => {
  expect(checkQuestion(example)).toContainEqual(expected);
});

test('a file is counted; repeats and other references for one question are told', async () => {
  const lines = [
    ...Array.from({ length: 10 }, (_, number) => item(number)),
    item(3),
    item(4, { reference_answer: '21' }),
  ];
  const path = await files.write('questions.jsonl', jsonl(lines));
  const found = await inspectDataset(path, { method: 'reinforcement' });
  expect(found).toMatchObject({ method: 'reinforcement', examples: 12, errors: 0, answerTokens: 0 });
  expect(found.problems.map(({ code, line }) => `${code} ${line}`)).toEqual([
    'duplicate_example 11',
    'contradictory_answer 12',
  ]);
});

test('more examples than the platform takes are an error', async () => {
  const path = await files.write('many.jsonl', jsonl([item(1), item(2), item(3)]));
  const options = { method: 'reinforcement', minimumExamples: 1 } as const;
  expect((await inspectDataset(path, { ...options, maximumExamples: 3 })).errors).toBe(0);
  expect((await inspectDataset(path, { ...options, maximumExamples: 2 })).problems).toMatchObject([
    { code: 'too_many_examples', severity: 'error' },
  ]);
});

test('it is split as other data are, and nothing of a question is cut off when it is mended', async () => {
  const lines = Array.from({ length: 30 }, (_, number) => item(number, { reference_answer: String(number % 3) }));
  const path = await files.write('split.jsonl', jsonl(lines));
  const store = folderStore(files.path('store'));
  const shares = { validation: 0.1, test: 0.2 };
  const parts = await splitDataset({ train: path, method: 'reinforcement', shares, seed: 1 }, store);
  expect([parts.train.examples, parts.validation?.examples, parts.test.examples]).toEqual([21, 3, 6]);
  const held = (await readFile(await store.path(parts.test), 'utf8')).trimEnd().split('\n');
  // By what graders compare with, in proportion.
  expect(held.map((line) => JSON.parse(line).reference_answer).toSorted()).toEqual(['0', '0', '1', '1', '2', '2']);
  const example = { messages: [user, { role: 'assistant', content: '42' }, user] };
  expect(mend(example, 'reinforcement')).toEqual({ value: example, changes: [] });
});
