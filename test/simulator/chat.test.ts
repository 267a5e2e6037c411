import type OpenAI from 'openai';
import { componentSchema, specPath } from './schemas.ts';
import { ask, bench, refusal, trained } from './support.ts';

const LABELS = 'Answer with one of these labels:\n- card_lost\n- refund\n- password\n- delivery';
const user = (content: string): OpenAI.ChatCompletionUserMessageParam => ({ role: 'user', content });

describe('chat completions', () => {
  test('a base model works from the prompt alone, and what it used is counted', async () => {
    const { client, sim } = await bench();
    const completion = await client.chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: [{ role: 'system', content: LABELS }, user('please reset my password')],
    });
    expect(completion.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'password' },
    });
    expect(completion.model).toBe('gpt-4.1-mini-2025-04-14');
    expect(completion.usage).toMatchObject({ prompt_tokens: 35, completion_tokens: 1, total_tokens: 36 });
    const use = sim.ledger().chat['gpt-4.1-mini-2025-04-14'];
    expect(use).toMatchObject({ requests: 1, promptTokens: 35, completionTokens: 1 });
    expect(use?.dollars).toBeCloseTo((35 * 0.8 + 3.2) / 1_000_000, 12);
  });

  test('n, stop and max_tokens shape the answer', async () => {
    const { client } = await bench();
    const create = (params: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) =>
      client.chat.completions.create({ model: 'gpt-4.1-mini', messages: [user('hello')], ...params });
    const plain = (await create({})).choices[0]?.message.content ?? '';
    expect(plain).toMatch(/^I am a simulated base model/);
    const three = await create({ n: 3 });
    expect(three.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(three.usage?.completion_tokens).toBe(3 * Number((await create({})).usage?.completion_tokens));
    const cut = await create({ max_completion_tokens: 3 });
    expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'I am a' } });
    expect(cut.usage?.completion_tokens).toBe(3);
    const stopped = await create({ stop: [' base', ' never'] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'I am a simulated' } });
  });

  test('a temperature draws other answers now and then, the same for the same seed', async () => {
    const { client } = await bench();
    const { fine_tuned_model: model } = await trained(client, { hyperparameters: { n_epochs: 1 } });
    const draw = async (seed: number) => {
      const messages = [user('something else entirely')];
      const { choices } = await client.chat.completions.create({ model, messages, temperature: 2, seed, n: 20 });
      return choices.map((choice) => choice.message.content);
    };
    const drawn = await draw(1);
    expect(new Set(drawn).size).toBeGreaterThan(1);
    expect(await draw(1)).toEqual(drawn);
    expect(await draw(1000)).not.toEqual(drawn);
  });

  test('streams chunks that add up to the plain answer, with usage at the end', async () => {
    const { client, sim } = await bench();
    const params = { model: 'gpt-4.1-mini', messages: [user('hello')] };
    const plain = await client.chat.completions.create(params);
    const stream = await client.chat.completions.create({
      ...params,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(plain.choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: plain.usage?.total_tokens } });
    expect(sim.ledger().chat['gpt-4.1-mini-2025-04-14']?.requests).toBe(2);
    if (specPath) {
      const validate = componentSchema('CreateChatCompletionStreamResponse');
      for (const chunk of chunks) expect([validate(chunk), validate.errors]).toEqual([true, null]);
    }
  });

  test('tool calls that were taught are made', async () => {
    const { client } = await bench();
    const line = (content: string, city: string) =>
      JSON.stringify({
        messages: [
          { role: 'user', content },
          {
            role: 'assistant',
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: `{"city":"${city}"}` } },
            ],
          },
        ],
      });
    const lines = Array.from({ length: 30 }, (_, at) =>
      at % 2 ? line(`weather in Bern today ${at}`, 'Bern') : line(`weather in Oslo today ${at}`, 'Oslo'),
    ).join('\n');
    const { fine_tuned_model: model } = await trained(client, { lines });
    const { choices } = await client.chat.completions.create({ model, messages: [user('weather in Oslo')] });
    expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
    });
  });

  test.each([
    ['an unknown model', { model: 'gpt-none' }, 404, 'model_not_found'],
    ['no messages', { messages: [] }, 400, 'empty_array'],
    ['messages of the wrong type', { messages: 'hello' }, 400, 'missing_required_parameter'],
    ['a temperature of 3', { temperature: 3 }, 400, 'integer_above_max_value'],
    ['n of 0', { n: 0 }, 400, 'integer_below_min_value'],
  ])('%s is refused', async (_name, params, status, code) => {
    const { http, sim } = await bench();
    const body = { model: 'gpt-4.1-mini', messages: [user('hello')], ...params };
    expect(await http('POST', '/v1/chat/completions', body)).toMatchObject({ status, json: { error: { code } } });
    expect(sim.ledger().chat).toEqual({});
  });

  test('requests beyond the limit a minute get a 429 that says how long to wait', async () => {
    const { client, http } = await bench({ requestsPerMinute: 2 });
    await ask(client, 'gpt-4.1-mini', 'x');
    const body = { model: 'gpt-4.1-mini', messages: [user('x')] };
    const last = await http('POST', '/v1/chat/completions', body);
    expect(last.status).toBe(200);
    expect(last.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(last.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const error = await refusal(ask(client, 'gpt-4.1-mini', 'x'));
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'requests' });
    const wait = Number(error.headers?.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(30);
    expect(await ask(client, 'gpt-4.1-nano', 'x')).toMatch(/simulated/);
  });

  test('so do those beyond the tokens a minute, of which a request counts for as many as it may be answered with', async () => {
    const { http } = await bench({ tokensPerMinute: 100 });
    const asking = async (max: number, content = 'x') =>
      await http('POST', '/v1/chat/completions', {
        model: 'gpt-4.1-mini',
        messages: [user(content)],
        max_completion_tokens: max,
      });
    const first = await asking(60);
    expect(first.status).toBe(200);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBeNull();
    expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('100');
    expect(first.headers.get('x-ratelimit-remaining-tokens')).toBe('40');
    expect(first.headers.get('x-ratelimit-reset-tokens')).toBe('36000ms');
    const second = await asking(60);
    expect(second).toMatchObject({ status: 429, json: { error: { type: 'tokens', code: 'rate_limit_exceeded' } } });
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(12);
    // By its characters, four a token.
    expect((await asking(1, 'long '.repeat(40))).status).toBe(429);
    expect((await asking(101)).json).toMatchObject({ error: { message: expect.stringMatching(/^Request too large/) } });
    expect((await asking(20)).status).toBe(200);
  });
});
