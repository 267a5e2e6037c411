import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fixFile } from '../../src/datasets/fix/fix.ts';
import { mend } from '../../src/datasets/fix/mend.ts';
import { survives } from '../../src/datasets/fix/survives.ts';
import { inspectDataset } from '../../src/datasets/inspection/inspect.ts';
import { jsonl, temporaryFolder } from './support.ts';

const files = temporaryFolder();
const user = { role: 'user', content: 'q' };
const assistant = { role: 'assistant', content: 'a' };
const call = (args: unknown) => ({ id: '1', type: 'function', function: { name: 'pay', arguments: args } });

/** `code path before → after` of what was changed. */
function told(example: unknown, method: 'supervised' | 'dpo' = 'supervised'): string[] {
  return mend(example, method).changes.map(
    ({ code, path, before, after }) => `${code} ${path} ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  );
}

test.each<[string, object, object, string]>([
  ['a weight of a user', { ...user, weight: 1 }, user, 'invalid_weight messages[0].weight 1 → undefined'],
  ['a field of nobody', { ...user, id: 'x' }, user, 'message_unrecognized_key messages[0].id "x" → undefined'],
  ['a name that is null', { ...user, name: null }, user, 'invalid_name messages[0].name null → undefined'],
])('%s is taken away', (_, message, mended, change) => {
  expect(mend({ messages: [message, assistant] }, 'supervised').value).toEqual({ messages: [mended, assistant] });
  expect(told({ messages: [message, assistant] })).toEqual([change]);
});

test.each([
  ['"{\\"a\\": 1}"', '{"a": 1}', 'arguments_encoded_twice'],
  [{ a: 1 }, '{"a":1}', 'invalid_arguments'],
])('arguments %j are encoded once', (before, after, code) => {
  const calling = (args: unknown) => ({
    messages: [user, { role: 'assistant', content: null, tool_calls: [call(args)] }],
  });
  expect(mend(calling(before), 'supervised').value).toEqual(calling(after));
  expect(told(calling(before))).toEqual([expect.stringMatching(new RegExp(`^${code} .*arguments`))]);
});

test('empty lists of tools, what follows the last answer, and null calls', () => {
  const answer = { ...assistant, tool_calls: null };
  const example = { messages: [user, answer, user], tools: [], parallel_tool_calls: true, topic: 'x' };
  expect(mend(example, 'supervised').value).toEqual({ messages: [user, assistant], topic: 'x' });
  expect(told(example)).toHaveLength(4);
});

test('of a pair both sides and the input', () => {
  const pair = {
    input: { messages: [{ ...user, id: 1 }], tools: null },
    preferred_output: [{ ...assistant, id: 2 }],
    non_preferred_output: [{ ...assistant, name: null }],
  };
  expect(mend(pair, 'dpo').value).toEqual({
    input: { messages: [user] },
    preferred_output: [assistant],
    non_preferred_output: [assistant],
  });
  expect(told(pair, 'dpo').map((change) => change.split(' ')[1])).toEqual([
    'input.tools',
    'input.messages[0].id',
    'preferred_output[0].id',
    'non_preferred_output[0].name',
  ]);
});

test('the legacy call of an answer is encoded once too', () => {
  const calling = (args: unknown) => ({
    messages: [user, { role: 'assistant', content: null, function_call: { name: 'pay', arguments: args } }],
  });
  expect(mend(calling('"{}"'), 'supervised').value).toEqual(calling('{}'));
  expect(told(calling({}))).toEqual(['invalid_arguments messages[1].function_call.arguments {} → "{}"']);
});

test('a field that another role has is taken away only where it holds nothing', () => {
  const asked = (calls: unknown) => ({ messages: [{ ...user, tool_calls: calls }, assistant] });
  expect(mend(asked(null), 'supervised').value).toEqual({ messages: [user, assistant] });
  expect(mend(asked([call({})]), 'supervised').changes).toEqual([]);
});

test('roles in capitals and by the names of other layouts become those of the format, and only then the end is looked for', () => {
  const human = {
    messages: [
      { role: 'Human', content: 'q' },
      { role: 'gpt', content: 'b' },
      { role: 'USER ', content: 'r' },
    ],
  };
  expect(mend(human, 'supervised')).toEqual({
    value: { messages: [user, { role: 'assistant', content: 'b' }] },
    changes: [
      { code: 'unrecognized_role', path: 'messages[0].role', before: 'Human', after: 'user' },
      { code: 'unrecognized_role', path: 'messages[1].role', before: 'gpt', after: 'assistant' },
      { code: 'unrecognized_role', path: 'messages[2].role', before: 'USER ', after: 'user' },
      { code: 'last_message_not_assistant', path: 'messages[2]', before: { role: 'user', content: 'r' } },
    ],
  });
});

test('a list of messages under a name in capitals gets its own, unless there is one already', () => {
  expect(mend({ Messages: [user, assistant], id: 1 }, 'supervised')).toEqual({
    value: { messages: [user, assistant], id: 1 },
    changes: [{ code: 'missing_messages_list', path: 'Messages', before: 'Messages', after: 'messages' }],
  });
  expect(mend({ Messages: [user], messages: [user, assistant] }, 'supervised').changes).toEqual([]);
});

test('a comma behind an example goes, and no other', async () => {
  const good = JSON.stringify({ messages: [user, assistant] });
  const path = await files.write('commas.jsonl', `${good},\n${good} , \n[1],\n{"a",\n`);
  const out = files.path('commas-fixed.jsonl');
  expect(await fixFile(path, out, { method: 'supervised', name: 'commas.jsonl' })).toEqual({
    lines: 2,
    codes: { invalid_json: 2 },
    left: 0,
  });
  expect(await readFile(out, 'utf8')).toBe(`${good}\n${good} \n[1],\n{"a",\n`);
  expect(await readFile(`${out}.diff`, 'utf8')).toContain('@@ commas.jsonl:1 [invalid_json]\n- ","\n');
});

test('a pair that offers no tools, as in the example of OpenAI, needs nothing', () => {
  const pair = {
    input: { messages: [user], tools: [], parallel_tool_calls: true },
    preferred_output: [assistant],
    non_preferred_output: [{ ...assistant, content: 'b' }],
  };
  expect(mend(pair, 'dpo').changes).toEqual([]);
});

test.each([
  ['an answer under a wrong name', { messages: [user, { role: 'assistant', text: 'a' }] }],
  ['an answer beside an empty one', { messages: [user, { role: 'assistant', content: '', text: 'a' }] }],
  ['a question under a wrong name', { messages: [{ role: 'user', content: null, text: 'q' }, assistant] }],
  ['the id of a result under a wrong name', { messages: [user, { role: 'tool', content: '1', id: 'x' }, assistant] }],
  ['an answer before its question', { messages: [assistant, user] }],
  ['a last answer of a role that is none', { messages: [user, assistant, user, { role: 'judge', content: 'b' }] }],
  ['what needs a choice', { messages: [user, { role: 'assistant', content: '' }] }],
  ['no list of messages', { messages: 'x' }],
  ['nobody answers', { messages: [user] }],
  ['a role of nobody', { messages: [{ role: 'robot', id: 1 }] }],
  [
    'arguments that are no object',
    { messages: [user, { ...assistant, tool_calls: [call('[1]'), call('{'), call(null)] }] },
  ],
  ['no example', [1]],
  ['a good one', { messages: [user, { ...assistant, weight: 0, tool_calls: [call('{"a": 1}')] }] }],
])('%s stays as it is', (_, example) => {
  expect(mend(example, 'supervised')).toEqual({ value: example, changes: [] });
});

test('a file: what needs nothing stays byte by byte, what would not survive being written stays too, each change is told', async () => {
  const bad = JSON.stringify({ messages: [{ ...user, id: 1 }, assistant] });
  const spaced = '{"messages": [ {"role":"user","content":"\\u0041"}, {"role":"assistant","content":"b"} ] }';
  const long =
    '{"messages":[{"role":"user","content":"x","id":12345678901234567890},{"role":"assistant","content":"b"}]}';
  const twice = '{"messages":[{"role":"user","content":"x","id":1,"id":2},{"role":"assistant","content":"b"}]}';
  const path = await files.write('bad.jsonl', `\ufeff${bad}\r\n\n${spaced}\n${long}\n${twice}\n{nonsense`);
  const out = files.path('mended.jsonl');
  expect(await fixFile(path, out, { method: 'supervised', name: 'bad.jsonl' })).toEqual({
    lines: 1,
    codes: { message_unrecognized_key: 1 },
    left: 2,
  });
  const good = JSON.stringify({ messages: [user, assistant] });
  expect(await readFile(out, 'utf8')).toBe(jsonl([good, spaced, long, twice, '{nonsense']));
  expect(await readFile(`${out}.diff`, 'utf8')).toBe('@@ bad.jsonl:1 messages[0].id [message_unrecognized_key]\n- 1\n');
});

test.each([
  ['0', true],
  ['-0.0', true],
  ['1.0', true],
  ['12.50', true],
  ['1E2', true],
  ['0.1', true],
  ['0.30000000000000004', true],
  ['1e-7', true],
  ['10000000000000000000000', true],
  ['9007199254740993', false],
  ['0.1234567890123456789', false],
  ['1e400', false],
  ['1e-400', false],
])('a line with the number %s is one that can be written again: %s', (number, same) => {
  const text = `{"a":[${number}]}`;
  expect(survives(text, JSON.parse(text))).toBe(same);
});

test('the changes of another time are not left beside a copy that has none', async () => {
  const good = jsonl([JSON.stringify({ messages: [user, assistant] })]);
  const path = await files.write('fine.jsonl', good);
  const diff = await files.write('fine-copy.jsonl.diff', 'of another time');
  await fixFile(path, files.path('fine-copy.jsonl'), { method: 'supervised', force: true });
  await expect(readFile(diff)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['copy', 'copy.diff'])('%s that is there already is replaced only by force', async (there) => {
  const bad = jsonl([JSON.stringify({ messages: [{ ...user, id: 1 }, assistant] })]);
  const path = await files.write('source.jsonl', bad);
  const old = await files.write(there, 'mine');
  const fix = async (force: boolean) => await fixFile(path, files.path('copy'), { method: 'supervised', force });
  await expect(fix(false)).rejects.toMatchObject({ code: 'invalid_config', message: `${old} is there already.` });
  expect(await readFile(old, 'utf8')).toBe('mine');
  await fix(true);
  expect(await readFile(files.path('copy.diff'), 'utf8')).toContain('[message_unrecognized_key]');
  await Promise.all(['copy', 'copy.diff'].map((name) => rm(files.path(name))));
});

test('where the copy cannot be put in its place, no list of changes is left without it', async () => {
  const bad = jsonl([JSON.stringify({ messages: [{ ...user, id: 1 }, assistant] })]);
  const path = await files.write('blocked-source.jsonl', bad);
  const out = files.path('blocked.jsonl');
  // A folder that comes into the way when all but the moves is done.
  const onProgress = () => mkdirSync(join(out, 'full'), { recursive: true });
  await expect(fixFile(path, out, { method: 'supervised', onProgress })).rejects.toMatchObject({
    code: 'invalid_config',
  });
  expect((await readdir(dirname(out))).filter((name) => name.startsWith('blocked.jsonl'))).toEqual(['blocked.jsonl']);
});

test('a mended file has none of the problems left', async () => {
  const lines = [
    {
      messages: [
        { ...user, weight: 0, id: 1 },
        { ...assistant, tool_calls: [] },
      ],
    },
    { messages: [user, assistant, user], tools: null },
    { messages: [user, { role: 'assistant', tool_calls: [call({ a: 1 })] }] },
  ];
  const path = await files.write('many.jsonl', jsonl(lines.map((line) => JSON.stringify(line))));
  const { errors } = await inspectDataset(path, { minimumExamples: 0 });
  expect(errors).toBe(6);
  const out = files.path('many-mended.jsonl');
  await fixFile(path, out, { method: 'supervised' });
  expect(await inspectDataset(out, { minimumExamples: 0 })).toMatchObject({ errors: 0, examples: 3 });
});

test('where a line cannot be read, nothing is left behind', async () => {
  const content = Buffer.concat([Buffer.from(`${JSON.stringify({ messages: [] })}\n`), Buffer.from([0xff, 0x0a])]);
  const path = await files.write('latin.jsonl', content);
  await expect(
    fixFile(path, files.path('no.jsonl'), { method: 'supervised', name: 'latin.jsonl' }),
  ).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('latin.jsonl cannot be copied: line 2'),
  });
  await expect(fixFile(path, path, { method: 'supervised' })).rejects.toMatchObject({ code: 'invalid_config' });
  expect((await readdir(dirname(path))).filter((name) => name.startsWith('no.') || name.includes('.part'))).toEqual([]);
});
