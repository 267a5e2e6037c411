import OpenAI from 'openai';
import { front, json, upstream } from './support.ts';

// Questions to /responses where the champion is served by something that knows /chat/completions alone.

const model = 'support-intents';
const find = {
  type: 'function' as const,
  name: 'find',
  description: 'Finds a parcel.',
  parameters: { type: 'object', properties: {} },
  strict: true,
};
const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const completion = (message: object, finish_reason = 'stop') => ({
  ...{ id: 'c', object: 'chat.completion', model: 'ft:new', usage },
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
});

/** A champion behind a server that answers to /chat/completions with this, and has no other route. */
async function chatOnly(answer: object | object[], status = 200) {
  const { asked, connection } = await upstream((response, { path }) => {
    if (path !== '/v1/chat/completions') return json(response, 404, { detail: 'Not Found' });
    if (!Array.isArray(answer)) return json(response, status, answer, { 'x-request-id': 'req_1' });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of answer) response.write(`data: ${JSON.stringify({ model: 'ft:new', ...chunk })}\n\n`);
    return response.end('data: [DONE]\n\n');
  });
  const there = await front({ other: connection });
  await there.promote({ connection: 'other', modelId: 'ft:new' });
  const bodies = () => asked.filter(({ path }) => path.endsWith('completions')).map(({ body }) => JSON.parse(body));
  return { ...there, bodies };
}

test('a text is asked for there, and told as a response, with usage and headers', async () => {
  const { client, bodies } = await chatOnly(completion({ content: 'shipping' }));
  const { data, response } = await client.responses
    .create({
      ...{ model, instructions: 'Answer with the intent.', input: 'Where is my parcel?', temperature: 0 },
      ...{ max_output_tokens: 16, store: false, metadata: { team: 'ops' }, previous_response_id: null },
      text: {
        format: { type: 'json_schema', name: 'intent', schema: { type: 'string' }, strict: true },
        verbosity: 'low',
      },
    })
    .withResponse();
  expect(data).toMatchObject({
    ...{ object: 'response', status: 'completed', output_text: 'shipping', model: 'ft:new', store: false },
    ...{ metadata: { team: 'ops' }, incomplete_details: null, error: null },
    usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10, input_tokens_details: { cached_tokens: 0 } },
  });
  expect(response.headers.get('x-request-id')).toBe('req_1');
  expect(response.headers.get('x-tunewright-version')).toBe('1');
  expect(bodies()).toEqual([
    {
      model: 'ft:new',
      messages: [
        { role: 'system', content: 'Answer with the intent.' },
        { role: 'user', content: 'Where is my parcel?' },
      ],
      ...{ max_completion_tokens: 16, temperature: 0, verbosity: 'low' },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'intent', schema: { type: 'string' }, strict: true },
      },
    },
  ]);
});

test('calls of tools go there and back, with what they have found', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{}' } };
  const { client, bodies } = await chatOnly(completion({ tool_calls: [call] }, 'tool_calls'));
  const { output } = await client.responses.create({
    ...{ model, tools: [find], tool_choice: { type: 'function', name: 'find' } },
    input: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Where is ' },
          { type: 'input_text', text: 'it?' },
        ],
      },
      { type: 'function_call', call_id: 'call_0', name: 'find', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_0', output: 'lost' },
    ],
  });
  expect(output).toMatchObject([{ type: 'function_call', call_id: 'call_1', name: 'find', arguments: '{}' }]);
  const { type, ...definition } = find;
  expect(bodies()).toMatchObject([
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Where is it?' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'call_0', function: { name: 'find' } }] },
        { role: 'tool', tool_call_id: 'call_0', content: 'lost' },
      ],
      tools: [{ type, function: definition }],
      tool_choice: { type: 'function', function: { name: 'find' } },
    },
  ]);
});

test('what is streamed there is streamed as events that the official client puts together', async () => {
  const say = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const call = (index: number, fields: object) => say({ tool_calls: [{ index, ...fields }] });
  const { client, bodies } = await chatOnly([
    say({ role: 'assistant', content: '' }),
    say({ content: 'I ' }),
    say({ content: 'look.' }),
    call(0, { id: 'call_1', function: { name: 'find', arguments: '' } }),
    call(0, { function: { arguments: '{"a":' } }),
    call(0, { function: { arguments: '1}' } }),
    say({}, 'tool_calls'),
    { choices: [], usage },
  ]);
  const stream = client.responses.stream({ model, input: 'Where is it?', tools: [find] });
  const types: string[] = [];
  const numbers: number[] = [];
  for await (const event of stream) {
    types.push(event.type);
    numbers.push(event.sequence_number);
  }
  expect(numbers).toEqual(numbers.map((_, i) => i));
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const { output_text, output, usage: told, status } = await stream.finalResponse();
  expect({ output_text, status }).toEqual({ output_text: 'I look.', status: 'completed' });
  expect(output).toMatchObject([{ type: 'message' }, { type: 'function_call', name: 'find', arguments: '{"a":1}' }]);
  expect(told).toMatchObject({ input_tokens: 7, output_tokens: 3 });
  expect(bodies()).toMatchObject([{ stream: true, stream_options: { include_usage: true } }]);
});

test('an answer that was cut off says so, and an error stays what it is', async () => {
  const cut = await chatOnly(completion({ content: 'ship' }, 'length'));
  expect(await cut.client.responses.create({ model, input: 'Where?' })).toMatchObject({
    ...{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output_text: 'ship' },
  });
  const refusing = await chatOnly({ error: { message: 'Too long.', code: 'context_length_exceeded' } }, 400);
  const error = await refusing.client.responses.create({ model, input: 'Where?' }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.BadRequestError);
  expect(error).toMatchObject({ code: 'context_length_exceeded' });
});

test('what has no counterpart is refused by the name of the field', async () => {
  const { client, bodies } = await chatOnly(completion({ content: 'shipping' }));
  const asking = async (more: object) =>
    await client.responses.create({ model, input: 'Where?', ...more }).catch((e) => e);
  for (const [more, message] of [
    [{ previous_response_id: 'resp_0' }, /previous_response_id: where this model is asked there are no earlier/],
    [{ tools: [{ type: 'web_search' }] }, /tools\.0\.type: only functions are tools there/],
    [{ background: true }, /background/],
    [{ text: { tone: 'kind' } }, /tone/],
  ] as const) {
    const error = await asking(more);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ code: 'unsupported_parameter', message: expect.stringMatching(message) });
  }
  expect(bodies()).toEqual([]);
});

test('what asks for too much keeps nobody else from being answered', async () => {
  const { client, promote } = await chatOnly(completion({ content: 'shipping' }));
  await promote({ connection: 'other', modelId: 'ft:newer' });
  for (let call = 0; call < 4; call++)
    await client.responses.create({ model, input: 'Where?', background: true }).catch(() => undefined);
  const { response } = await client.responses.create({ model, input: 'Where?' }).withResponse();
  expect(response.headers.get('x-tunewright-version')).toBe('2');
});

test('a model that is gone altogether leaves the answer to its predecessor', async () => {
  const { connection } = await upstream((response) => json(response, 404, { error: { code: 'model_not_found' } }));
  const there = await front({ other: connection });
  await there.promote({});
  await there.promote({ connection: 'other' });
  const { response } = await there.client.responses
    .create({ model, input: 'Where is my parcel? Intents: billing, shipping' })
    .withResponse();
  expect(response.headers.get('x-tunewright-version')).toBe('1');
  expect(response.headers.get('x-tunewright-fallback')).toBe('version 2: http_404');
});
