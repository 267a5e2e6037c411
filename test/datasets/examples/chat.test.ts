import { checkExample } from '../../../src/datasets/examples/chat.ts';

const system = { role: 'system', content: 'Be brief.' };
const user = { role: 'user', content: 'Weather in Rome?' };
const assistant = { role: 'assistant', content: 'Sunny.' };
const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Rome"}' } };
const calling = { role: 'assistant', tool_calls: [call] };
const result = { role: 'tool', tool_call_id: 'c1', content: 'sun' };
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];

/** `code path` of each finding, warnings in brackets. */
function codes(example: unknown): string[] {
  return checkExample(example).map(({ code, path = '', severity }) => {
    const found = `${code} ${path}`.trim();
    return severity === 'error' ? found : `(${found})`;
  });
}

test.each<[string, object]>([
  ['plain', { messages: [system, user, assistant] }],
  ['developer', { messages: [{ role: 'developer', content: 'x' }, user, assistant] }],
  [
    'weights and names',
    { messages: [system, { ...user, name: 'ann' }, { ...assistant, weight: 0 }, user, { ...assistant, weight: 1 }] },
  ],
  [
    'parts and images',
    {
      messages: [
        system,
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        assistant,
      ],
    },
  ],
  ['refusal', { messages: [system, user, { role: 'assistant', content: null, refusal: 'No.' }] }],
  ['tool calls', { messages: [system, user, calling, result, assistant], tools, parallel_tool_calls: false }],
  ['ending with a call', { messages: [system, user, { ...calling, content: '' }], tools }],
  ['empty tool result', { messages: [system, user, calling, { ...result, content: '' }, assistant], tools }],
  [
    'function call',
    {
      messages: [
        system,
        user,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
        assistant,
      ],
      functions: [{ name: 'f' }],
    },
  ],
])('%s: nothing to find', (_, example) => {
  expect(codes(example)).toEqual([]);
});

test.each<[unknown, string[]]>([
  ['text', ['data_type']],
  [[], ['data_type']],
  [null, ['data_type']],
  [{}, ['missing_messages_list messages']],
  [{ messages: [] }, ['missing_messages_list messages']],
  [{ messages: [system, user] }, ['example_missing_assistant_message messages']],
  [{ messages: [system, user, assistant, user] }, ['last_message_not_assistant messages[3]']],
  [{ messages: [assistant] }, ['(missing_system_message messages)', '(missing_user_message messages)']],
  [{ messages: [system, user, { ...assistant, weight: 0 }] }, ['(all_weights_zero messages)']],
  [{ messages: [system, user, assistant], id: 1 }, ['(example_unrecognized_key "id")']],
])('of the example as a whole: %j', (example, expected) => {
  expect(codes(example)).toEqual(expected);
});

test.each<[unknown, string[]]>([
  ['text', ['data_type messages[1]']],
  [{ content: 'x' }, ['message_missing_key messages[1]']],
  [{ role: 'bot', content: 'x' }, ['unrecognized_role messages[1].role']],
  [{ role: '__proto__', content: 'x' }, ['unrecognized_role messages[1].role']],
  [{ role: 'user' }, ['message_missing_key messages[1]']],
  [{ role: 'assistant' }, ['message_missing_key messages[1]']],
  [{ role: 'user', content: null }, ['missing_content messages[1].content']],
  [{ role: 'user', content: '' }, ['missing_content messages[1].content']],
  [{ role: 'user', content: [] }, ['missing_content messages[1].content']],
  [{ role: 'user', content: 5 }, ['missing_content messages[1].content']],
  [{ role: 'assistant', content: '' }, ['(empty_answer messages[1].content)']],
  [{ role: 'assistant', content: ' \n' }, ['(empty_answer messages[1].content)']],
  [{ role: 'user', content: ' \n' }, ['(blank_content messages[1].content)']],
  [{ role: 'assistant', content: [{ type: 'text', text: ' ' }] }, ['(empty_answer messages[1].content)']],
  [{ role: 'user', content: [{ type: 'text', text: '' }] }, ['(blank_content messages[1].content)']],
  [{ ...user, weight: 1 }, ['invalid_weight messages[1].weight']],
  [{ ...assistant, weight: 2 }, ['invalid_weight messages[1].weight']],
  [{ ...assistant, weight: true }, ['invalid_weight messages[1].weight']],
  [{ ...user, tool_calls: [] }, ['message_unrecognized_key messages[1]']],
  [
    JSON.parse('{"role": "user", "content": "x", "__proto__": {"role": "bot"}}'),
    ['message_unrecognized_key messages[1]'],
  ],
  [{ ...user, name: 'two words' }, ['invalid_name messages[1].name']],
  [{ role: 'assistant', content: null, refusal: 5 }, ['invalid_refusal messages[1].refusal']],
  [{ role: 'user', content: [{ type: 'input_audio' }] }, ['invalid_content_part messages[1].content[0]']],
  [{ role: 'user', content: [{ type: 'text' }] }, ['invalid_content_part messages[1].content[0]']],
  [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///a' } }] },
    ['invalid_content_part messages[1].content[0]'],
  ],
  [
    { role: 'assistant', content: [{ type: 'image_url', image_url: { url: 'https://example.com' } }] },
    ['image_outside_user messages[1].content[0]'],
  ],
])('of one message: %j', (message, expected) => {
  expect(codes({ messages: [system, message, user, assistant] })).toEqual(expected);
});

describe('tools', () => {
  const withCall = (changed: object) => ({
    messages: [system, user, { role: 'assistant', tool_calls: [changed] }],
    tools,
  });

  test.each<[string, object, string[]]>([
    [
      'arguments as an object',
      withCall({ ...call, function: { name: 'weather', arguments: {} } }),
      ['invalid_arguments messages[2].tool_calls[0].function.arguments'],
    ],
    [
      'arguments that are no JSON',
      withCall({ ...call, function: { name: 'weather', arguments: '{city: 1}' } }),
      ['invalid_arguments messages[2].tool_calls[0].function.arguments'],
    ],
    [
      'arguments encoded twice',
      withCall({ ...call, function: { name: 'weather', arguments: '"{\\"city\\": 1}"' } }),
      ['arguments_encoded_twice messages[2].tool_calls[0].function.arguments'],
    ],
    [
      'arguments that are a list',
      withCall({ ...call, function: { name: 'weather', arguments: '[]' } }),
      ['invalid_arguments messages[2].tool_calls[0].function.arguments'],
    ],
    ['a call without id', withCall({ ...call, id: undefined }), ['invalid_tool_call messages[2].tool_calls[0]']],
    [
      'a call of no function',
      withCall({ ...call, function: {} }),
      ['invalid_tool_call messages[2].tool_calls[0].function'],
    ],
    [
      'no calls',
      { messages: [system, user, { role: 'assistant', content: 'x', tool_calls: [] }] },
      ['invalid_tool_call messages[2].tool_calls'],
    ],
    [
      'a call of a tool not offered',
      withCall({ ...call, function: { name: 'other', arguments: '{}' } }),
      ['(unknown_tool messages[2].tool_calls[0])'],
    ],
    [
      'a call where no tool is offered',
      { messages: [system, user, calling] },
      ['(unknown_tool messages[2].tool_calls[0])'],
    ],
    ['a result without call', { messages: [system, user, result, assistant] }, ['unknown_tool_call messages[2]']],
    [
      'a result without id',
      { messages: [system, user, calling, { role: 'tool', content: 'x' }, assistant], tools },
      ['message_missing_key messages[3]', 'unanswered_tool_call messages[2].tool_calls[0]'],
    ],
    [
      'a call without result',
      { messages: [system, user, calling, assistant, user, assistant], tools },
      ['unanswered_tool_call messages[2].tool_calls[0]'],
    ],
    [
      'one id twice',
      { messages: [system, user, calling, result, calling], tools },
      ['duplicate_tool_call_id messages[4].tool_calls[0]'],
    ],
    ['no tools', { messages: [system, user, assistant], tools: [] }, ['invalid_tools tools']],
    [
      'a bare function as tool',
      { messages: [system, user, assistant], tools: [{ name: 'f' }] },
      ['invalid_tools tools[0]'],
    ],
    [
      'a tool of a name that no function may have',
      { messages: [system, user, assistant], tools: [{ type: 'function', function: { name: 'a.b' } }] },
      ['invalid_tools tools[0].function.name'],
    ],
    [
      'a function of such a name',
      { messages: [system, user, assistant], functions: [{ name: 'f' }, { name: '' }] },
      ['invalid_tools functions[1].name'],
    ],
    [
      'parallel calls of no tools',
      { messages: [system, user, assistant], parallel_tool_calls: true },
      ['invalid_tools parallel_tool_calls'],
    ],
  ])('%s', (_, example, expected) => {
    expect(codes(example)).toEqual(expected);
  });
});

describe('functions', () => {
  const parameters = { type: 'object', required: ['city'] };
  const functions = [{ name: 'weather', parameters }];
  const calls = (name: string, args: string) => ({ role: 'assistant', function_call: { name, arguments: args } });
  const returned = { role: 'function', name: 'weather', content: 'sun' };

  test.each<[string, object[], string[]]>([
    ['a call and its result', [calls('weather', '{"city": "Rome"}'), returned, assistant], []],
    ['a call of one not offered', [calls('other', '{}')], ['(unknown_tool messages[2].function_call)']],
    [
      'arguments that are not as declared',
      [calls('weather', '{}')],
      ['(arguments_not_as_declared messages[2].function_call.arguments)'],
    ],
    ['a result without call', [returned, assistant], ['unknown_tool_call messages[2]']],
    ['a result before its call', [returned, calls('weather', '{"city": "Rome"}')], ['unknown_tool_call messages[2]']],
  ])('%s', (_, said, expected) => {
    expect(codes({ messages: [system, user, ...said], functions })).toEqual(expected);
  });

  test('a call where none is offered', () => {
    expect(codes({ messages: [system, user, calls('weather', '{}')] })).toEqual([
      '(unknown_tool messages[2].function_call)',
    ]);
  });
});

test('all that is wrong is told at once, and nothing of what was said', () => {
  const found = checkExample({
    messages: [
      { role: 'user', content: 'secret', weight: 1 },
      { role: 'bot', content: 'secret' },
    ],
    tools: 'secret',
  });
  expect(found.map(({ code }) => code)).toEqual(['invalid_weight', 'unrecognized_role', 'invalid_tools']);
  expect(JSON.stringify(found)).not.toContain('secret');
});

test.each([
  { prompt: 'a ->', completion: ' b' },
  { conversations: [{ from: 'human', value: 'a' }], id: 1 },
  { instruction: 'a', input: 'b', output: 'c' },
  { instruction: 'a', context: 'b', response: 'c' },
  { prompt: 'a', chosen: 'b', rejected: 'c' },
])('another layout is one problem, and says how to make messages of it: %j', (example) => {
  expect(checkExample(example)).toEqual([
    expect.objectContaining({ code: 'wrong_format', message: expect.stringContaining('tunewright convert') }),
  ]);
});

test('a role that is none is one problem, and says which is meant', () => {
  const asked = (role: unknown) =>
    checkExample({ messages: [system, { role, content: 'q' }, { role: 'assistant', content: 'a' }] });
  const says = (text: string) => [
    expect.objectContaining({ code: 'unrecognized_role', message: expect.stringContaining(text) }),
  ];
  expect(asked('User')).toEqual(says('Use "user" for it.'));
  expect(asked('human')).toEqual(says('Use "user" for it.'));
  expect(asked('robot')).toEqual(says('Use one of system'));
  expect(asked(7)).toEqual(says('Use one of system'));
  expect(checkExample({ messages: [user, { role: 'gpt', content: 'a' }] })).toEqual(says('Use "assistant" for it.'));
});

test('what was said under another name, or as another type, is one problem', () => {
  const answered = (answer: object) => checkExample({ messages: [system, user, { role: 'assistant', ...answer }] });
  expect(answered({ text: 'a' })).toEqual([
    expect.objectContaining({ code: 'message_missing_key', message: expect.stringContaining('"text"') }),
  ]);
  const told = (content: unknown) => answered({ content }).map(({ code, message }) => [code, message.split('.')[0]]);
  expect(told(42)).toEqual([['missing_content', 'The content is a number']]);
  expect(told({ a: 1 })).toEqual([['missing_content', 'The content is an object']]);
  expect(told(['a'])).toEqual([['invalid_content_part', 'A part is an object with a type']]);
});
