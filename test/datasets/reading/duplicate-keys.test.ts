import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { duplicateKeyOf } from '../../../src/datasets/reading/duplicate-keys.ts';
import { keysOf } from '../../../src/datasets/reading/json.ts';
import { chat, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a" :1,"b":{"c":"x","c" : 2}}', 'b.c'],
  ['{"messages": [{"role": "user"}, {"role": "user", "content": ":)", "content": "x"}]}', 'messages[1].content'],
  ['{"a" :[{"b":1,"b":2}]}', 'a[0].b'],
  ['{"a\\\\":1,"b":1,"b":2}', 'b'],
  ['{"a":"x","\\u0061":1}', 'a'],
  ['[{},[{"k":[1,2],"k":[]}]]', '[1][0].k'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"two words":1,"two words":2}', '"two words"'],
])('%s has a key twice: %s', (text, path) => {
  expect(duplicateKeyOf(text, keysOf(JSON.parse(text)))).toBe(path);
});

test.each([
  '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
  '{"a":":a","b":":","c":"\\":\\":"}',
  '{"a":"{\\"a\\":1,\\"a\\":2}","b\\\\":"\\\\"}',
  '{"a" : 1, "b"\t: {"c":[ ]}, "__proto__":{"a":1}}',
  '"a"',
])('%s has none', (text) => {
  expect(duplicateKeyOf(text, keysOf(JSON.parse(text)))).toBeUndefined();
});

test('a line with a key twice is an error with its place', async () => {
  const twice = chat('a', 'b').replace('"content":"b"', '"content":"b","content":"c"');
  const path = await files.write('twice.jsonl', `${chat('a', 'b')}\n${twice}\n`);
  const { problems } = await inspectDataset(path, { minimumExamples: 1 });
  expect(problems.map(({ line, code, path: at }) => [line, code, at])).toEqual([
    [2, 'duplicate_key', 'messages[2].content'],
  ]);
});
