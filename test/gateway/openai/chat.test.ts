import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI from 'openai';
import { serviceKey } from '../registry.ts';
import { front, json, question, upstream } from './support.ts';

const streamed = { model: 'support-intents', messages: question, stream: true as const };

describe('a question to a registered model', () => {
  test('is answered by its champion, under its name, its old ids, and those of dead versions', async () => {
    const { client, promote } = await front();
    await promote({ modelId: 'ft:gpt-4o:acme::dead', connection: 'keyless' });
    await promote({});
    for (const model of ['support-intents', 'ft:gpt-4o:acme::dead', 'stand-in-mini', 'simulator/stand-in-mini']) {
      const { data, response } = await client.chat.completions.create({ model, messages: question }).withResponse();
      expect(data.model).toBe('stand-in-mini');
      expect(data.choices[0]?.message.content).toEqual(expect.any(String));
      expect(data.usage?.total_tokens).toBeGreaterThan(0);
      expect(response.headers.get('x-tunewright-connection')).toBe('simulator');
      const registered = !model.includes('/');
      expect(response.headers.get('x-tunewright-model')).toBe(registered ? 'support-intents' : null);
      expect(response.headers.get('x-tunewright-version')).toBe(registered ? '2' : null);
    }
  });

  test('goes to another champion within seconds of its promotion', async () => {
    const { client, promote } = await front();
    await promote({});
    const version = async () =>
      (
        await client.chat.completions.create({ model: 'support-intents', messages: question }).withResponse()
      ).response.headers.get('x-tunewright-version');
    expect(await version()).toBe('1');
    await promote({});
    const deadline = performance.now() + 300_000;
    while ((await version()) !== '2' && performance.now() < deadline) await pause(50);
    expect(await version()).toBe('2');
  });

  test('is streamed as the platform streams it, with usage', async () => {
    const { client, promote } = await front();
    await promote({});
    const stream = await client.chat.completions.create({ ...streamed, stream_options: { include_usage: true } });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0);
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
  });

  test('of a name that is none is refused as OpenAI refuses it', async () => {
    const { client } = await front();
    for (const model of ['gpt-none', 'no-such-connection/gpt-none', 'simulator/gpt-none']) {
      const refused = await client.chat.completions.create({ model, messages: question }).catch((error) => error);
      expect(refused).toBeInstanceOf(OpenAI.NotFoundError);
      expect(refused).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error' });
    }
  });

  test('without a model goes to the usual connection, where one is set', async () => {
    const { client } = await front({}, { gateway: { connection: 'simulator', models: {}, run: {} } });
    const answer = await client.chat.completions.create({ model: 'stand-in-mini', messages: question });
    expect(answer.model).toBe('stand-in-mini');
  });
});

test('a name that something else is to stand for goes there', async () => {
  const models = { 'gpt-4o-mini': 'simulator/stand-in-mini', 'gpt-4o': 'support-intents' };
  const { client, promote } = await front({}, { gateway: { models, run: {} } });
  await promote({});
  for (const model of Object.keys(models)) {
    expect((await client.chat.completions.create({ model, messages: question })).model).toBe('stand-in-mini');
  }
});

describe('what passes through', () => {
  test('is the request, byte for byte but for the model, with the credentials of the connection', async () => {
    const { asked, connection } = await upstream((response) => json(response, 200, {}));
    const { url, promote } = await front({ other: connection });
    await promote({ connection: 'other', modelId: 'ft:new' });
    const body = (model: string) =>
      ` {"messages": [{"role":"user", "model":"no", "content":"say \\"model\\": \\\\"}],\n"seed":12345678901234567890, "model" :"${model}","x":{"model":"no"}, "n":1.0}`;
    const answer = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${serviceKey}`,
        'content-type': 'application/json',
        'openai-organization': 'org-of-the-caller',
        cookie: 'a=b',
        'x-client-request-id': 'call-7',
      },
      body: body('support-intents'),
    });
    expect(answer.status).toBe(200);
    expect(asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        body: body('ft:new'),
        headers: {
          authorization: 'Bearer test-key',
          'x-client-request-id': 'call-7',
          'content-type': 'application/json',
        },
      },
    ]);
    expect(asked[0]?.headers).not.toHaveProperty('cookie');
    expect(asked[0]?.headers).not.toHaveProperty('openai-organization');
  });

  test('is the answer: calls of tools in chunks, headers of the platform', async () => {
    const deltas = [
      {
        role: 'assistant',
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'track', arguments: '' } }],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"order":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"ü-7"}' } }] },
    ];
    const { connection } = await upstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1', 'set-cookie': 'a=b' });
      for (const delta of deltas) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
      response.end('data: [DONE]\n\n');
    });
    const { client, promote } = await front({ other: connection });
    await promote({ connection: 'other' });
    const { data, response } = await client.chat.completions.create(streamed).withResponse();
    const passed = [];
    for await (const chunk of data) passed.push(chunk.choices[0]?.delta);
    expect(passed).toEqual(deltas);
    expect(response.headers.get('x-request-id')).toBe('req_1');
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('is a question to /responses as well', async () => {
    const output = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'shipping' }] }];
    const { asked, connection } = await upstream((response) =>
      json(response, 200, { id: 'resp_1', object: 'response', model: 'ft:new', output }, { 'x-request-id': 'req_2' }),
    );
    const { client, promote } = await front({ other: connection });
    await promote({ connection: 'other', modelId: 'ft:new' });
    const { data, response } = await client.responses
      .create({ model: 'support-intents', input: 'Where is my parcel?' })
      .withResponse();
    expect(data).toMatchObject({ id: 'resp_1', output_text: 'shipping' });
    expect(response.headers.get('x-request-id')).toBe('req_2');
    expect(asked).toMatchObject([{ path: '/v1/responses', body: '{"model":"ft:new","input":"Where is my parcel?"}' }]);
  });

  test('is what a rate limit says', async () => {
    const { client, promote, simulator } = await front();
    await promote({});
    simulator.set({ requestsPerMinute: 1 });
    const ask = async () => await client.chat.completions.create({ model: 'support-intents', messages: question });
    await ask();
    const limited = await ask().catch((error) => error);
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
    expect(limited.code).toBe('rate_limit_exceeded');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('x-ratelimit-limit-requests')).toBe('1');
  });

  test('is a refusal of the request, which no other version is asked about', async () => {
    const { client, promote, simulator } = await front();
    await promote({});
    await promote({});
    const refused = await client.chat.completions
      .create({ model: 'support-intents', messages: [] })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
    expect(refused.headers.get('x-tunewright-version')).toBe('2');
    expect(simulator.ledger().chat).toEqual({});
  });

  test('is each chunk at once, and no more than the caller takes', async () => {
    let written = 0;
    const block = `data: {"choices":[],"pad":"${'x'.repeat(65_536)}"}\n\n`;
    function* blocks() {
      yield 'data: {"choices":[]}\n\n';
      for (; written < 2_000; written++) yield block;
    }
    const { connection } = await upstream((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      Readable.from(blocks()).pipe(response);
    });
    const { client, promote } = await front({ other: connection });
    await promote({ connection: 'other' });
    const reader = (await client.chat.completions.create(streamed).asResponse()).body?.getReader();
    // The first one comes while the upstream is far from its end.
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^data: \{"choices":\[\]/);
    const still = async (last = -1): Promise<number> => {
      await pause(200);
      return written === last ? written : await still(written);
    };
    expect(await still()).toBeLessThan(500);
    await reader?.cancel();
  });

  test('is that the caller goes away, while it waits and while it reads', async () => {
    const closed: Promise<unknown>[] = [];
    const { connection, asked } = await upstream((response, { body }) => {
      closed.push(once(response, 'close'));
      if (body.includes('"stream":true'))
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[]}\n\n');
    });
    const { client, promote } = await front({ other: connection });
    await promote({ connection: 'other' });
    const leave = new AbortController();
    const waiting = client.chat.completions.create({ ...streamed, stream: false }, { signal: leave.signal });
    waiting.catch(() => {});
    while (asked.length === 0) await pause(10);
    leave.abort();
    await closed[0];
    const stream = await client.chat.completions.create(streamed);
    for await (const _ of stream) break;
    await closed[1];
  });
});

describe('who may ask', () => {
  test('without keys, programs on this machine, and no page in a browser', async () => {
    const { url, promote } = await front({}, { gatewayKeys: [] });
    await promote({});
    const body = JSON.stringify({ model: 'support-intents', messages: question });
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${url}/chat/completions`, { method: 'POST', body, headers })).status;
    expect(await ask({})).toBe(200);
    expect(await ask({ origin: 'https://evil.example', 'content-type': 'text/plain' })).toBe(403);
  });

  test('only who knows a key of the gateway', async () => {
    const { url, promote } = await front();
    await promote({});
    const stranger = new OpenAI({ baseURL: url, apiKey: 'sk-of-openai-itself', maxRetries: 0 });
    const refused = await stranger.chat.completions
      .create({ model: 'support-intents', messages: question })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(refused).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('TUNEWRIGHT_GATEWAY_KEYS'),
    });
  });

  test.each([
    ['no body', ''],
    ['no JSON', '{"model'],
    ['no model', '{"messages":[]}'],
    ['a model that is no text', '{"model":7}'],
    ['a model within another object', '{"a":{"model":"support-intents"}}'],
  ])('with %s it is told what is missing', async (_, body) => {
    const { url } = await front();
    const headers = { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'missing_required_parameter', param: 'model' } });
  });
});
