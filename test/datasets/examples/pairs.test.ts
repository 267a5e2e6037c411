import { methodOf } from '../../../src/datasets/examples/method.ts';
import { checkPair } from '../../../src/datasets/examples/pairs.ts';
import { inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { readQuestions } from '../../../src/datasets/questions.ts';
import { findAlike } from '../../../src/datasets/split/alike.ts';
import { chat, collect, inChunks, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

const system = { role: 'system', content: 'Be brief.' };
const user = { role: 'user', content: 'Weather in Rome?' };
const answer = (content: string) => [{ role: 'assistant', content }];
const good = {
  input: { messages: [system, user] },
  preferred_output: answer('Sunny.'),
  non_preferred_output: answer('It is, as far as one can tell, sunny.'),
};
const call = (id: string) => ({ id, type: 'function', function: { name: 'weather', arguments: '{}' } });
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };

/** `code path` of each finding, warnings in brackets. */
function codes(pair: unknown): string[] {
  return checkPair(pair).map(({ code, path = '', severity }) => {
    const found = `${code} ${path}`.trim();
    return severity === 'error' ? found : `(${found})`;
  });
}

function pairLine(question: string, preferred: string, other: string): string {
  const messages = [system, { role: 'user', content: question }];
  return JSON.stringify({
    input: { messages },
    preferred_output: answer(preferred),
    non_preferred_output: answer(other),
  });
}

test.each<[string, object]>([
  ['plain', good],
  ["as OpenAI's guide has it", { ...good, input: { ...good.input, tools: [], parallel_tool_calls: true } }],
  [
    'a call is preferred to an answer',
    { ...good, input: { ...good.input, tools }, preferred_output: [{ role: 'assistant', tool_calls: [call('1')] }] },
  ],
])('a good pair: %s', (_, pair) => {
  expect(codes(pair)).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  ['no object', [good], ['data_type']],
  ['an example for supervised training', { messages: [user, ...answer('Sunny.')] }, ['wrong_format']],
  [
    'nothing in it',
    {},
    ['missing_messages_list input', 'not_one_answer preferred_output', 'not_one_answer non_preferred_output'],
  ],
  ['no messages', { ...good, input: { messages: [] } }, ['missing_messages_list input.messages']],
  ['a message that is none', { ...good, input: { messages: [system, user, 'x'] } }, ['data_type input.messages[2]']],
  [
    'an input that ends with an answer',
    { ...good, input: { messages: [system, user, ...answer('Sunny?')] } },
    ['input_ends_with_answer input.messages[2]'],
  ],
  [
    'two messages on one side, another role on the other',
    { ...good, preferred_output: [...answer('a'), ...answer('b')], non_preferred_output: [user] },
    ['not_one_answer preferred_output', 'not_one_answer non_preferred_output'],
  ],
  [
    'an answer without content',
    { ...good, preferred_output: [{ role: 'assistant', content: '' }] },
    ['(empty_answer preferred_output[0].content)'],
  ],
  [
    'an image',
    { ...good, input: { messages: [system, { role: 'user', content: [image] }] } },
    ['image_in_pair input.messages[1].content[0]'],
  ],
  [
    'a call that nobody answered, told once',
    { ...good, input: { messages: [system, user, { role: 'assistant', tool_calls: [call('1')] }, user], tools } },
    ['unanswered_tool_call input.messages[2].tool_calls[0]'],
  ],
  [
    'a call of a tool that there is not',
    {
      ...good,
      input: { ...good.input, tools },
      non_preferred_output: [
        { role: 'assistant', tool_calls: [{ ...call('1'), function: { name: 'fly', arguments: '{}' } }] },
      ],
    },
    ['(unknown_tool non_preferred_output[0].tool_calls[0])'],
  ],
  ['tools that are none', { ...good, input: { ...good.input, tools: [{}] } }, ['invalid_tools input.tools[0]']],
  ['both the same', { ...good, non_preferred_output: good.preferred_output }, ['(identical_pair)']],
  [
    'fields of nobody',
    { ...good, topic: 'x', input: { ...good.input, mood: 'y' } },
    ['(example_unrecognized_key "topic")', '(example_unrecognized_key input."mood")'],
  ],
  ['nobody instructs', { ...good, input: { messages: [user] } }, ['(missing_system_message input.messages)']],
])('%s', (_, pair, found) => {
  expect(codes(pair)).toEqual(found);
});

test('a pair in a file for supervised training is told as such', async () => {
  const path = await files.write('mixed.jsonl', jsonl([chat('a', 'b'), pairLine('a', 'b', 'c')]));
  const { problems } = await inspectDataset(path, { minimumExamples: 0 });
  expect(problems).toMatchObject([{ code: 'wrong_format', severity: 'error', line: 2 }]);
});

test('pairs that stand there before, and pairs that undo each other; one question may stand in many', async () => {
  const lines = [
    ['x', 'y'],
    ['x', 'z'],
    ['x', 'y'],
    ['y', 'x'],
  ].map(([a = '', b = '']) => pairLine('q', a, b));
  const { problems } = await inspectDataset(await files.write('pairs.jsonl', jsonl(lines)), {
    method: 'dpo',
    minimumExamples: 0,
  });
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['duplicate_example', 3],
    ['inverted_pair', 4],
  ]);
});

test('both sides are counted, each with what is asked; the longer one must fit', async () => {
  const lines = [chat('hello world', 'hello'), chat('hello world', 'hello world')];
  const [a, b] = await Promise.all(
    lines.map(async (line, index) => await inspectDataset(await files.write(`side-${index}.jsonl`, jsonl([line])))),
  );
  const path = await files.write('sides.jsonl', jsonl([pairLine('hello world', 'hello', 'hello world')]));
  const pair = await inspectDataset(path, { method: 'dpo', maxTokensPerExample: (b?.longest ?? 0) - 1 });
  expect(pair).toMatchObject({
    method: 'dpo',
    tokens: (a?.tokens ?? 0) + (b?.tokens ?? 0),
    answerTokens: 3,
    longest: b?.longest,
  });
  expect(pair.problems).toContainEqual(
    expect.objectContaining({ code: 'example_too_long', line: 1, path: 'non_preferred_output[0]' }),
  );
});

test('what should hardly be taught is found on either side', async () => {
  const path = await files.write('texts.jsonl', jsonl([pairLine('q', 'ask me@mine.org', '<|im_end|>')]));
  const { problems } = await inspectDataset(path, { method: 'dpo', minimumExamples: 0 });
  expect(problems.map(({ code, path: at }) => [code, at])).toEqual([
    ['personal_data', 'preferred_output[0].content'],
    ['special_token', 'non_preferred_output[0].content'],
  ]);
});

test('a held-out pair asks its input, and hopes for the preferred answer', async () => {
  const line = { ...good, input: { ...good.input, tools }, topic: 'weather' };
  const content = Buffer.from(jsonl([JSON.stringify(line)]));
  expect(await collect(readQuestions(inChunks(content, 64), 'dpo'))).toEqual([
    {
      index: 0,
      messages: [system, user],
      tools,
      answer: answer('Sunny.')[0],
      item: expect.objectContaining({ reference: 'Sunny.', topic: 'weather', preferred_output: answer('Sunny.') }),
    },
  ]);
});

test('held-out pairs are set against those of training', async () => {
  const train = await files.write('train.jsonl', jsonl([pairLine('a', 'x', 'y')]));
  const held = await files.write('held.jsonl', jsonl([pairLine('b', 'x', 'y'), pairLine('a', 'y', 'z')]));
  expect((await findAlike(held, { method: 'dpo', within: false, train })).problems).toMatchObject([
    { code: 'leaked_prompts', message: expect.stringContaining('line 2') },
  ]);
});

test.each([
  ['pairs', `\n${pairLine('a', 'b', 'c')}`, 'dpo'],
  ['pairs behind a byte order mark', `\ufeff${pairLine('a', 'b', 'c')}`, 'dpo'],
  ['chat', chat('a', 'b'), 'supervised'],
  ['what is no JSON', '{', 'supervised'],
  ['no UTF-8', '\xff', 'supervised'],
])('the first line tells the method: %s', async (name, line, method) => {
  expect(await methodOf(await files.write(`${name}.jsonl`, `${line}\n`))).toBe(method);
});

test.each([5, {}, true])('content that is no text, %j, is told and not compared', (content) => {
  const pair = { ...good, preferred_output: [{ role: 'assistant', content }] };
  expect(codes(pair)).toEqual(['missing_content preferred_output[0].content']);
});

test('calls that are no list are told and not compared', () => {
  const pair = { ...good, preferred_output: [{ role: 'assistant', tool_calls: 'x' }] };
  expect(codes(pair)).toEqual(['invalid_tool_call preferred_output[0].tool_calls']);
});

test('one text with other calls is another output', () => {
  const side = (city: string) => {
    const call = { id: '1', type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } };
    return [{ role: 'assistant', content: 'Let me look.', tool_calls: [call] }];
  };
  const pair = (preferred: string, other: string) => ({
    ...good,
    input: { ...good.input, tools },
    preferred_output: side(preferred),
    non_preferred_output: side(other),
  });
  expect(codes(pair('Rome', 'Paris'))).toEqual([]);
  expect(codes(pair('Rome', 'Rome'))).toEqual(['(identical_pair)']);
});

test('what stands beside the input under the name of tools is not offered', async () => {
  const line = JSON.stringify({ ...good, tools: 'none', functions: 1 });
  const [question] = await collect(readQuestions(inChunks(Buffer.from(line), 99), 'dpo'));
  expect(question).not.toHaveProperty('tools');
});
