import { checkMapping, chooseLayout, type Mapping } from '../../../src/datasets/convert/choose.ts';

/** What becomes of a row whose own columns tell its layout, or the finding that says why nothing does. */
function convert(row: Record<string, unknown>, mapping: Mapping = {}) {
  checkMapping(mapping);
  const { layout } = chooseLayout(mapping, Object.keys(row), 'data');
  try {
    return layout.convert(row, mapping.system);
  } catch (fault) {
    return (fault as { finding: unknown }).finding;
  }
}
const messages = (...said: [role: string, content: string][]) => said.map(([role, content]) => ({ role, content }));
const supervised = (...said: [role: string, content: string][]) => ({ example: { messages: messages(...said) } });
const finding = (severity: string, code: string) => expect.objectContaining({ severity, code });

describe('told by the columns', () => {
  const why = (...columns: string[]) => chooseLayout({}, columns, 'data').why;

  test('columns of known names', () => {
    expect(why('id', 'Text', 'category')).toBe(
      'columns, by their names: "Text" is asked, "category" is answered; not used: "id"',
    );
    expect(convert({ text: 'Where?', label: 1 })).toEqual(supervised(['user', 'Where?'], ['assistant', '1']));
  });

  test('the known layouts', () => {
    expect(why('output', 'input', 'instruction')).toBe('alpaca, by the columns "instruction", "output"');
    expect(why('prompt', 'completion')).toBe('prompt-completion, by the columns "prompt", "completion"');
    expect(why('id', 'conversations')).toBe('sharegpt, by the columns "conversations"');
    expect(why('prompt', 'chosen', 'rejected')).toBe('preference, by the columns "chosen", "rejected"');
    expect(why('messages')).toBe('chat, by the columns "messages"');
  });

  test('pairs before single answers, and how the other layouts that fit are taken', () => {
    expect(why('prompt', 'chosen', 'rejected', 'messages', 'score_chosen')).toBe(
      'preference, by the columns "chosen", "rejected"; --preset chat would take "messages"',
    );
  });

  test.each([[['a', 'b']], [['text', 'question', 'label']], [['text']]])('%j tell nothing', (columns) => {
    expect(() => chooseLayout({}, columns, 'data')).toThrow(/^The columns of data tell no layout: "/);
  });
});

describe('alpaca', () => {
  test('instruction and input make the question; history and system come before it', () => {
    const row = { instruction: 'Add.', input: '1 + 1', output: '2', system: 'Be brief.', history: [['Hi', 'Hello']] };
    expect(convert(row)).toEqual(
      supervised(
        ['system', 'Be brief.'],
        ['user', 'Hi'],
        ['assistant', 'Hello'],
        ['user', 'Add.\n\n1 + 1'],
        ['assistant', '2'],
      ),
    );
    expect(convert({ instruction: 'Add.', input: '', output: '2' })).toEqual(
      supervised(['user', 'Add.'], ['assistant', '2']),
    );
  });

  test('what is no history, and no text, is an error', () => {
    expect(convert({ instruction: 'a', output: 'b', history: [['Hi']] })).toEqual(finding('error', 'not_turns'));
    expect(convert({ instruction: 'a', output: ['b'] })).toEqual(finding('error', 'not_text'));
  });
});

describe('sharegpt', () => {
  const of = (...conversations: unknown[]) => convert({ conversations });

  test('turns by either names', () => {
    expect(of({ from: 'system', value: 's' }, { from: 'human', value: 'a' }, { from: 'gpt', value: 'b' })).toEqual(
      supervised(['system', 's'], ['user', 'a'], ['assistant', 'b']),
    );
    expect(of({ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' })).toEqual(
      supervised(['user', 'a'], ['assistant', 'b']),
    );
  });

  test('what follows the last answer is left out, and told', () => {
    const turns = [
      { from: 'human', value: 'a' },
      { from: 'gpt', value: 'b' },
      { from: 'human', value: 'c' },
    ];
    expect(of(...turns)).toEqual({
      ...supervised(['user', 'a'], ['assistant', 'b']),
      warning: finding('warning', 'turns_left_out'),
    });
  });

  test('a row that lacks the conversation is an error, and no empty answer', () => {
    const { layout } = chooseLayout({}, ['conversations'], 'data');
    expect(() => layout.convert({ messages: [] }, undefined)).toThrow('There is no column "conversations"');
    expect(of()).toEqual(finding('warning', 'empty_answer'));
    expect(convert({ conversations: null })).toEqual(finding('warning', 'empty_answer'));
  });

  test('calls of tools are refused rather than lost; rows that teach nothing are left out', () => {
    expect(of({ from: 'human', value: 'a' }, { from: 'function_call', value: '{}' })).toEqual(
      finding('error', 'unrecognized_role'),
    );
    expect(of('text', 1)).toEqual(finding('error', 'not_turns'));
    expect(of({ from: 'human', value: 'a' })).toEqual(finding('warning', 'empty_answer'));
    expect(of({ from: 'human', value: ' ' }, { from: 'gpt', value: 'b' })).toEqual(finding('warning', 'empty_turn'));
  });
});

test('dolly: the context follows the instruction', () => {
  const row = { instruction: 'When?', context: 'It began in 2000.', response: 'In 2000.', category: 'closed_qa' };
  expect(convert(row)).toEqual(supervised(['user', 'When?\n\nIt began in 2000.'], ['assistant', 'In 2000.']));
  expect(convert({ ...row, context: '' })).toEqual(supervised(['user', 'When?'], ['assistant', 'In 2000.']));
  expect(convert({ instruction: 'Add.', input: '1 + 1', response: '2' })).toEqual(
    supervised(['user', 'Add.\n\n1 + 1'], ['assistant', '2']),
  );
  expect(convert({ ...row, response: ' ' })).toEqual(finding('warning', 'empty_answer'));
  expect(chooseLayout({}, Object.keys(row), 'data').why).toBe('dolly, by the columns "instruction", "response"');
});

test('prompt-completion: the space before a completion goes', () => {
  expect(convert({ prompt: 'a ->', completion: ' b\n' })).toEqual(supervised(['user', 'a ->'], ['assistant', 'b\n']));
});

test('prompt-completion: lists of turns, also as JSON text', () => {
  const [asked, said] = [messages(['system', 's'], ['user', 'a']), messages(['assistant', 'b'])];
  const made = supervised(['system', 's'], ['user', 'a'], ['assistant', 'b']);
  expect(convert({ prompt: asked, completion: said })).toEqual(made);
  expect(convert({ prompt: JSON.stringify(asked), completion: JSON.stringify(said) })).toEqual(made);
  expect(convert({ prompt: asked, completion: 'b' })).toEqual(made);
  expect(convert({ prompt: asked, completion: asked })).toEqual(finding('error', 'last_message_not_assistant'));
  for (const data of ['[{"a":1}]', '[1]', '[{', '[{"role":"user"},{}]']) {
    expect(convert({ prompt: 'a', completion: data })).toEqual(supervised(['user', 'a'], ['assistant', data]));
  }
});

test('prompt-completion: answers that are not wanted are left out, wanted ones and other labels are not', () => {
  for (const label of [false, 'False']) {
    expect(convert({ prompt: 'a', completion: 'b', label })).toEqual(finding('warning', 'unwanted_answer'));
  }
  for (const label of [true, 'True', 'x', 0, null]) {
    expect(convert({ prompt: 'a', completion: 'b', label })).toEqual(supervised(['user', 'a'], ['assistant', 'b']));
  }
});

describe('preference', () => {
  const pair = (input: ReturnType<typeof messages>) => ({
    example: {
      input: { messages: input },
      preferred_output: messages(['assistant', 'good']),
      non_preferred_output: messages(['assistant', 'bad']),
    },
  });
  const asked = messages(['user', 'a']);

  test.each<[string, Record<string, unknown>]>([
    ['text', { prompt: 'a', chosen: 'good', rejected: 'bad' }],
    ['alpaca', { instruction: 'a', input: '', chosen: 'good', rejected: 'bad' }],
    [
      'sharegpt',
      {
        conversations: [{ from: 'human', value: 'a' }],
        chosen: { from: 'gpt', value: 'good' },
        rejected: { from: 'gpt', value: 'bad' },
      },
    ],
    [
      'whole conversations',
      {
        prompt: 'unused',
        chosen: [...asked, ...messages(['assistant', 'good'])],
        rejected: [...asked, ...messages(['assistant', 'bad'])],
      },
    ],
    ['a question in messages', { messages: asked, chosen: 'good', rejected: 'bad' }],
    [
      'messages that end with the answer that is chosen',
      { messages: [...asked, ...messages(['assistant', 'good'])], chosen: 'good', rejected: 'bad' },
    ],
    [
      'lists as JSON text',
      {
        prompt: 'a',
        chosen: JSON.stringify(messages(['user', 'a'], ['assistant', 'good'])),
        rejected: JSON.stringify(messages(['user', 'a'], ['assistant', 'bad'])),
      },
    ],
    ['lists', { prompt: asked, chosen: messages(['assistant', 'good']), rejected: messages(['assistant', 'bad']) }],
  ])('%s', (_, row) => {
    expect(convert(row)).toEqual(pair(asked));
  });

  test('the format itself, lists and objects also as JSON text', () => {
    const { example } = pair(asked);
    const { input, preferred_output: good, non_preferred_output: bad } = example;
    const text = { input: JSON.stringify(input), preferred_output: JSON.stringify(good), non_preferred_output: bad };
    expect(convert({ ...example, source: 'web' })).toEqual({ example });
    expect(convert(text)).toEqual({ example });
    expect(convert(text, { to: 'supervised' })).toEqual(supervised(['user', 'a'], ['assistant', 'good']));
    const system = messages(['system', 'New.'])[0];
    const withSystem = { ...example, input: { messages: [system, ...asked] } };
    expect(convert(text, { system: 'New.' })).toEqual({ example: withSystem });
    expect(convert({ ...text, input: 'a' })).toEqual(finding('error', 'missing_messages_list'));
    expect(convert({ ...text, preferred_output: [] })).toEqual(finding('error', 'not_one_answer'));
  });

  test('pairs that are none', () => {
    expect(convert({ prompt: 'a', chosen: 'b', rejected: 'b' })).toEqual(finding('warning', 'identical_pair'));
    expect(convert({ prompt: '', chosen: 'b', rejected: 'c' })).toEqual(finding('warning', 'empty_turn'));
    expect(convert({ prompt: 'a', chosen: asked, rejected: 'c' })).toEqual(
      finding('error', 'last_message_not_assistant'),
    );
    const other = messages(['user', 'z'], ['assistant', 'bad']);
    expect(convert({ chosen: [...asked, ...messages(['assistant', 'good'])], rejected: other })).toEqual(
      finding('error', 'different_prompts'),
    );
    expect(convert({ chosen: 'b', rejected: 'c' })).toEqual(finding('error', 'missing_column'));
    const { layout } = chooseLayout({}, ['chosen', 'rejected'], 'data');
    expect(() => layout.convert({ prompt: 'a', chosen: 'b' }, undefined)).toThrow('There is no column "rejected"');
  });
});

describe('chat', () => {
  const said = messages(['user', 'a'], ['assistant', 'b']);
  const offer = { tools: [{ type: 'function', function: { name: 'f' } }], parallel_tool_calls: false };

  test('what is no part of the format is not used, but for the columns that are named', () => {
    const row = { id: 7, messages: said, ...offer, source: 'web', response_format: { type: 'text' } };
    expect(convert(row)).toEqual({ example: { messages: said, ...offer } });
    expect(convert(row, { fields: ['id'] })).toEqual({ example: { messages: said, ...offer, id: 7 } });
  });

  test('lists may stand as JSON text, as tables have them; blank ones are left away', () => {
    const { tools } = offer;
    const functions = [{ name: 'f' }];
    const row = {
      messages: JSON.stringify(said),
      tools: JSON.stringify(tools),
      functions: JSON.stringify(functions),
    };
    expect(convert(row)).toEqual({ example: { messages: said, tools, functions } });
    const nothing = { parallel_tool_calls: true, functions: 'null' };
    for (const none of ['', '[]', [], null]) {
      expect(convert({ messages: said, tools: none, ...nothing })).toEqual({ example: { messages: said } });
    }
    const long = '[{"maximum":12345678901234567890}]';
    expect(JSON.stringify(convert({ messages: said, tools: long }))).toContain(`"tools":${long}`);
  });

  test.each(['[{', '{}', '7', `${'['.repeat(200)}${']'.repeat(200)}`, {}])('%j is no list of tools', (tools) => {
    expect(convert({ messages: said, tools })).toEqual(finding('error', 'invalid_tools'));
  });

  test('messages that are no list are an error; a row without any is left out', () => {
    for (const none of ['a', '{}', {}]) {
      expect(convert({ messages: none })).toEqual(finding('error', 'missing_messages_list'));
    }
    expect(convert({ messages: '' })).toEqual(finding('warning', 'empty_answer'));
    const { layout } = chooseLayout({}, ['messages'], 'data');
    expect(() => layout.convert({ text: 'a' }, undefined)).toThrow('There is no column "messages"');
  });

  test('questions that nobody answers are left out, but for reinforcement', () => {
    const row = { messages: said.slice(0, 1), reference_answer: 'b' };
    expect(convert(row)).toEqual(finding('warning', 'empty_answer'));
    expect(convert(row, { to: 'reinforcement' })).toEqual({ example: row });
    const other = [
      { role: 'user', content: 'a' },
      { role: 'gpt', content: 'b' },
    ];
    expect(convert({ messages: other })).toEqual({ example: { messages: other } });
  });

  test('for reinforcement every column may be a grader’s', () => {
    const row = { id: 7, messages: said.slice(0, 1), response_format: { type: 'text' } };
    expect(convert(row, { to: 'reinforcement' })).toEqual({ example: row });
  });
});

test('a system message is for examples that have none', () => {
  const mapping = { system: 'New.' };
  const said = messages(['user', 'a'], ['assistant', 'b']);
  const old = messages(['system', 'Old.'], ['user', 'a'], ['assistant', 'b']);
  expect(convert({ prompt: 'a', completion: 'b' }, mapping)).toEqual(
    supervised(['system', 'New.'], ['user', 'a'], ['assistant', 'b']),
  );
  expect(convert({ messages: said }, mapping)).toEqual({
    example: { messages: [...messages(['system', 'New.']), ...said] },
  });
  expect(convert({ messages: old }, mapping)).toEqual({ example: { messages: old } });
});

describe('told by the person', () => {
  test('columns, and templates of several', () => {
    const mapping = { userTemplate: '{{ title }}: {{my question}}{{title}} {x}', outputColumn: 'reply' };
    expect(convert({ title: 'T', 'my question': '$&', reply: 'b' }, mapping)).toEqual(
      supervised(['user', 'T: $&T {x}'], ['assistant', 'b']),
    );
    expect(convert({ title: ' ', 'my question': '', reply: 'b' }, mapping)).toEqual(
      finding('warning', 'empty_question'),
    );
  });

  test('a question with the answer that is preferred and the one that is not', () => {
    const mapping = { userTemplate: 'Q: {{ask}}', outputColumn: 'good', rejectedColumn: 'bad', system: 'Sort.' };
    const asked = messages(['system', 'Sort.'], ['user', 'Q: a']);
    expect(convert({ ask: 'a', good: 'b', bad: 'c' }, mapping)).toEqual({
      example: {
        input: { messages: asked },
        preferred_output: messages(['assistant', 'b']),
        non_preferred_output: messages(['assistant', 'c']),
      },
    });
    expect(convert({ ask: 'a', good: 'b', bad: 'b' }, mapping)).toEqual(finding('warning', 'identical_pair'));
    expect(convert({ ask: 'a', good: 'b', bad: '' }, mapping)).toEqual(finding('warning', 'empty_answer'));
    expect(() => convert({ ask: 'a', good: 'b' }, mapping)).toThrow('data has no column "bad"');
    expect(convert({ ask: 'a', good: 'b', bad: 'c' }, { ...mapping, to: 'supervised' })).toEqual({
      example: { messages: [...asked, ...messages(['assistant', 'b'])] },
    });
  });

  test('a column that is not there is named, with those there are', () => {
    expect(() => convert({ a: 1, b: 2 }, { inputColumn: 'A', outputColumn: 'b' })).toThrow(
      'data has no column "A"; it has "a", "b".',
    );
    expect(() => convert({ instruction: 'a' }, { preset: 'alpaca' })).toThrow(
      'data has no column "output"; it has "instruction".',
    );
  });

  test.each<[Mapping, string]>([
    [{ inputColumn: 'a' }, 'Only one side of the examples is told.'],
    [{ system: ' ' }, 'The system message is empty.'],
    [
      { inputColumn: 'a', userTemplate: '{{a}}', outputColumn: 'b' },
      'A column and a template are given for the same message.',
    ],
    [
      { preset: 'alpaca', inputColumn: 'a', outputColumn: 'b' },
      'A preset knows its columns: it takes neither columns nor templates.',
    ],
    [{ userTemplate: 'Hello', outputColumn: 'a' }, 'A template names no column.'],
    [{ rejectedColumn: 'b' }, 'Of the pairs only the rejected answer is told.'],
    [{ preset: 'alpaca', rejectedColumn: 'b' }, 'A preset knows its columns: it takes neither columns nor templates.'],
  ])('%j means nothing', (mapping, message) => {
    expect(() => convert({ a: 'x', b: 'y' }, mapping)).toThrow(
      expect.objectContaining({ code: 'invalid_config', message }),
    );
  });
});

describe('for another method', () => {
  const reinforcement = { to: 'reinforcement' } as const;

  test('a question and its answer: the answer is what graders compare with', () => {
    expect(convert({ question: 'Where?', label: 1 }, reinforcement)).toEqual({
      example: { messages: messages(['user', 'Where?']), reference_answer: '1' },
    });
  });

  test('a conversation that ends with the question stays as it is', () => {
    const row = { messages: messages(['user', 'Where?']), answer: 'Here.' };
    expect(convert(row, reinforcement)).toEqual({ example: row });
    expect(convert({ messages: messages(['assistant', 'Here.']) }, reinforcement)).toEqual(
      finding('error', 'nothing_asked'),
    );
  });

  test('of pairs the preferred answer is taken', () => {
    const row = { prompt: 'Where?', chosen: 'Here.', rejected: 'There.' };
    expect(convert(row, { to: 'supervised' })).toEqual(supervised(['user', 'Where?'], ['assistant', 'Here.']));
    expect(convert(row, reinforcement)).toEqual({
      example: { messages: messages(['user', 'Where?']), reference_answer: 'Here.' },
    });
  });

  test('columns stand beside the messages as they are; null is left away, a list stays one', () => {
    const row = { text: 'Where?', label: 1, level: 2, tags: ['a'], none: null };
    const fields = ['level', 'tags', 'none'];
    expect(convert(row, { fields, inputColumn: 'text', outputColumn: 'label' })).toEqual({
      example: { messages: messages(['user', 'Where?'], ['assistant', '1']), level: 2, tags: ['a'] },
    });
  });

  test.each<[Mapping, string]>([
    [{ to: 'dpo' }, 'Single answers make no pairs.'],
    [{ fields: ['tools'] }, 'The column "tools" has the name of a field of the format.'],
    [{ fields: ['level'] }, 'data has no column "level"; it has "text", "label".'],
  ])('%j cannot be made', (mapping, message) => {
    expect(() => convert({ text: 'Where?', label: 1 }, mapping)).toThrow(message);
  });
});
