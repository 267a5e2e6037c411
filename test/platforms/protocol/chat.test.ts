import { bench, connected, endpoint, failureOf, newJob, until } from '../support.ts';

const question = { messages: [{ role: 'user', content: 'where is my parcel' }], maxOutputTokens: 50, seed: 3 };
const usage = { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16 };

/** The adapter's answer to a platform that says so, and the request it sent. */
async function asked(message: object, more: object = { usage }, request: object = {}) {
  const { url, requests } = await endpoint(() => ({ id: 'chatcmpl-1', choices: [{ index: 0, message }], ...more }));
  const answer = await connected(url).chat({ model: 'm', ...question, ...request });
  expect(requests).toHaveLength(1);
  return { answer, body: JSON.parse(requests[0]?.body ?? '') };
}

test('a tuned model answers with what it learned', async () => {
  const at = await bench();
  const { id } = await newJob(at, { hyperparameters: { epochs: 8, batchSize: 2, learningRateMultiplier: 'auto' } });
  const { model } = await until(at.platform, id);
  const answer = await at.platform.chat({ model: model ?? '', ...question });
  expect(answer).toEqual({
    text: 'delivery',
    finishReason: 'stop',
    inputTokens: expect.any(Number),
    outputTokens: expect.any(Number),
  });
  const use = Object.values(at.simulator.ledger().chat);
  expect(use).toMatchObject([{ requests: 1, promptTokens: answer.inputTokens, completionTokens: answer.outputTokens }]);
});

test('where the platform tells its limits, the answer does', async () => {
  const at = await bench();
  at.simulator.set({ requestsPerMinute: 600 });
  const { limits } = await at.platform.chat({ model: 'stand-in-mini', ...question });
  expect(limits).toEqual({ requests: { limit: 600, remaining: 599, resetMs: 100 } });
  at.simulator.set({ tokensPerMinute: 60_000 });
  const { limits: both } = await at.platform.chat({ model: 'stand-in-mini', ...question });
  const { maxOutputTokens } = question;
  // However short the answer is, it counts for what it may be.
  const tokens = { limit: 60_000, remaining: 60_000 - maxOutputTokens, perCall: maxOutputTokens };
  expect(both?.tokens).toEqual({ ...tokens, resetMs: maxOutputTokens });
});

test('the question is sent as it stands, but without weights', async () => {
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'hello', weight: 0 },
    { role: 'tool', tool_call_id: 'call_1', content: '{}' },
    { role: 'user', content: [{ type: 'text', text: 'and now' }], name: 'ann' },
  ];
  const before = structuredClone(messages);
  const { answer, body } = await asked({ content: 'fine' }, { usage }, { messages });
  expect(answer).toEqual({ text: 'fine', inputTokens: 12, outputTokens: 4 });
  expect(body).toEqual({
    model: 'm',
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello' },
      { role: 'tool', tool_call_id: 'call_1', content: '{}' },
      { role: 'user', content: [{ type: 'text', text: 'and now' }], name: 'ann' },
    ],
    max_completion_tokens: 50,
    temperature: 0,
    seed: 3,
  });
  expect(messages).toEqual(before);
});

test('tools are sent where there are any', async () => {
  const tools = [{ type: 'function', function: { name: 'track', parameters: { type: 'object', properties: {} } } }];
  expect((await asked({ content: 'x' }, { usage }, { tools })).body.tools).toEqual(tools);
  expect((await asked({ content: 'x' }, { usage }, { tools: [] })).body).not.toHaveProperty('tools');
});

test.each([
  ['a refusal', { content: null, refusal: 'I cannot help with that.' }, 'I cannot help with that.'],
  [
    'calls of tools',
    {
      content: null,
      tool_calls: [
        { id: 'call_9', type: 'function', function: { name: 'track', arguments: '{"b": 1, "a": [2]}' } },
        { id: 'call_8', type: 'function', function: { name: 'tell', arguments: '' } },
      ],
    },
    '[{"name":"track","arguments":{"a":[2],"b":1}},{"name":"tell","arguments":""}]',
  ],
  ['nothing at all', { content: null }, ''],
])('%s is an answer too', async (_, message, text) => {
  expect((await asked(message)).answer.text).toBe(text);
});

test('calls and refusals stand beside the text that is made of them', async () => {
  const call = { id: 'call_9', type: 'function', function: { name: 'track', arguments: '{"b": 1}' } };
  const loose = { function: { name: 'tell', arguments: { a: 1 } } };
  const { answer } = await asked({ content: null, tool_calls: [call, loose, { type: 'custom', custom: {} }] });
  expect(answer.toolCalls).toEqual([call, { type: 'function', function: { name: 'tell', arguments: '{"a":1}' } }]);
  expect((await asked({ content: null, refusal: 'No.' })).answer).toMatchObject({ text: 'No.', refusal: 'No.' });
  expect((await asked({ content: 'x' })).answer).not.toHaveProperty('toolCalls');
});

test('a form of the answer and ways of sampling are sent where they are asked for', async () => {
  const responseFormat = { name: 'judgement', schema: { type: 'object' } };
  const { body } = await asked(
    { content: '{}' },
    { usage },
    { responseFormat, sampling: { topP: 0.5, reasoningEffort: 'low' } },
  );
  expect(body).toMatchObject({
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'judgement', schema: { type: 'object' }, strict: true },
    },
    top_p: 0.5,
    reasoning_effort: 'low',
  });
  expect(body).not.toHaveProperty('temperature');
});

test('an endpoint that counts no tokens has used none', async () => {
  expect((await asked({ content: 'x' }, { usage: null })).answer).toEqual({
    text: 'x',
    inputTokens: 0,
    outputTokens: 0,
  });
});

test('an answer without a choice is none', async () => {
  const { url } = await endpoint(() => ({ id: 'chatcmpl-1', choices: [], usage }));
  expect(await failureOf(connected(url).chat({ model: 'm', ...question }))).toMatchObject({
    code: 'bad_answer',
    message: "Asking the model: the platform's answer could not be read.",
  });
});

test('a model that is not there is named so', async () => {
  const { platform } = await bench();
  expect(await failureOf(platform.chat({ model: 'ft:gone', ...question }))).toMatchObject({
    code: 'model_not_found',
    retry: 'never',
    status: 404,
  });
});
