import { assistantText } from '../../src/datasets/examples/reference.ts';
import { readQuestions } from '../../src/datasets/questions.ts';
import { chat, collect, inChunks, jsonl } from './support.ts';

const call = (id: string, args: unknown) => ({ id, type: 'function', function: { name: 'pay', arguments: args } });

test.each([
  [{ content: 'hi', refusal: null, tool_calls: null }, 'hi'],
  [
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    'ab',
  ],
  [{ content: null, refusal: 'no' }, 'no'],
  [{ content: [{ type: 'refusal', refusal: 'no' }] }, 'no'],
  [{ content: null, tool_calls: [call('1', '{"b": 1, "a": [ 2 ]}')] }, '[{"name":"pay","arguments":{"a":[2],"b":1}}]'],
  [{ content: '', tool_calls: [call('2', '{"a":[2],"b":1}')] }, '[{"name":"pay","arguments":{"a":[2],"b":1}}]'],
  [{ tool_calls: [call('3', '{oops')] }, '[{"name":"pay","arguments":"{oops"}]'],
  [{ function_call: { name: 'pay', arguments: '{}' } }, '[{"name":"pay","arguments":{}}]'],
  [{}, ''],
])('%j answers %j', (message, text) => {
  expect(assistantText(message)).toBe(text);
});

test('arguments nested without end are compared as text', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  expect(assistantText({ tool_calls: [call('1', deep)] })).toBe(`[{"name":"pay","arguments":"${deep}"}]`);
});

test('a question is all but the final answer; graders see the fields of the line', async () => {
  const tools = [{ type: 'function', function: { name: 'pay' } }];
  const line = { ...JSON.parse(chat('Who?', 'Me.')), tools, topic: 'people' };
  const questions = await collect(
    readQuestions(inChunks(Buffer.from(jsonl([chat('Hi?', 'Hi.'), '', JSON.stringify(line)])), 10), 'supervised'),
  );
  expect(questions.map(({ index, item }) => [index, item.reference])).toEqual([
    [0, 'Hi.'],
    [1, 'Me.'],
  ]);
  expect(questions[1]).toEqual({
    index: 1,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Who?' },
    ],
    tools,
    answer: { role: 'assistant', content: 'Me.' },
    item: { ...line, reference: 'Me.' },
  });
});

test('a line that is no example is named', async () => {
  const content = Buffer.from(jsonl([chat('Hi?', 'Hi.'), '{"messages": []}']));
  await expect(collect(readQuestions(inChunks(content, 50), 'supervised'))).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringContaining('line 2'),
  });
});
