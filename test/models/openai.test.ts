import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI, { AzureOpenAI } from 'openai';
import { createModels, withModels } from '../../src/models/index.ts';
import { adminKey, registry } from '../gateway/registry.ts';
import { onEnd } from '../gateway/support.ts';
import { closedPort } from '../platforms/support.ts';
import { act, newVersion } from '../records/support/samples.ts';

const messages = [{ role: 'user' as const, content: 'Where is my order?' }];

/** Registered models at a gateway, and a client of the stand-in platform that knows of them. */
async function wrapped() {
  const at = await registry();
  const models = createModels({ url: at.url, key: adminKey });
  onEnd(async () => await models.close());
  const plain = new OpenAI({ baseURL: at.simulator.url, apiKey: 'any', maxRetries: 0 });
  return { ...at, models, plain, openai: withModels(plain, models) };
}

interface Asked {
  url: string | undefined;
  authorization: string | undefined;
  body: { model?: string };
}

/** A platform that only takes down what it is asked; the first so many calls fail. */
async function recorder(failures = 0) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = `${request.headers['api-key']}` } = request.headers;
    asked.push({ url: request.url, authorization, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') });
    response.writeHead(asked.length <= failures ? 500 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ id: 'resp_1', object: 'response', output: [], data: [] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a registered name goes to the champion, plain and streamed, with all that the client gives', async () => {
  const { openai } = await wrapped();
  const parameters = { model: 'support-intents', messages };
  const answer = await openai.chat.completions.create(parameters);
  expect(answer.model).toBe('stand-in-mini');
  expect(answer.choices[0]?.message.content).toEqual(expect.any(String));
  // What the caller holds is left as it was.
  expect(parameters.model).toBe('support-intents');

  const stream = await openai.chat.completions.create({ ...parameters, stream: true });
  const models = new Set<string>();
  for await (const chunk of stream) models.add(chunk.model);
  expect([...models]).toEqual(['stand-in-mini']);

  const { response, data } = await openai.chat.completions.create(parameters).withResponse();
  expect(response.status).toBe(200);
  expect(data.model).toBe('stand-in-mini');
  expect((await openai.chat.completions.stream(parameters).finalChatCompletion()).model).toBe('stand-in-mini');
});

test('other names, and the client that was given, are as before', async () => {
  const { openai, plain } = await wrapped();
  expect((await openai.chat.completions.create({ model: 'stand-in-mini', messages })).model).toBe('stand-in-mini');
  const full = await openai.chat.completions.create({ model: 'gpt-4.1-2025-04-14', messages });
  expect(full.model).toBe('gpt-4.1-2025-04-14');
  const unknown = openai.chat.completions.create({ model: 'nobodys-model', messages });
  await expect(unknown).rejects.toMatchObject({ status: 404 });
  const registered = plain.chat.completions.create({ model: 'support-intents', messages });
  await expect(registered).rejects.toMatchObject({ status: 404 });
  expect((await openai.models.list()).data.length).toBeGreaterThan(0);
});

test('every call that takes a model is led, and a retry goes where the first attempt went', async () => {
  const { models } = await wrapped();
  const platform = await recorder(1);
  const openai = withModels(new OpenAI({ baseURL: platform.url, apiKey: 'any', maxRetries: 1 }), models);
  await openai.responses.create({ model: 'support-intents', input: 'Where is my order?' });
  await openai.embeddings.create({ model: 'support-intents', input: 'Where is my order?' });
  await openai.completions.create({ model: 'other', prompt: 'Where is my order?' });
  expect(platform.asked.map(({ url, body }) => [url, body.model])).toEqual([
    ['/responses', 'stand-in-mini'],
    ['/responses', 'stand-in-mini'],
    ['/embeddings', 'stand-in-mini'],
    ['/completions', 'other'],
  ]);
});

test('a canary is decided by the safety identifier, or by a key of the caller', async () => {
  const { models, records } = await wrapped();
  await records.registerVersion(newVersion(4, { connection: 'simulator', modelId: 'candidate' }));
  await records.setCanary({ ...act(), version: 4, share: 0.5 });
  const platform = await recorder();
  const client = new OpenAI({ baseURL: platform.url, apiKey: 'any' });
  const [byUser, byTenant] = [withModels(client, models), withModels(client, models, { key: () => 'tenant-7' })];
  const expected: string[] = [];
  for (const user of ['a', 'b', 'c', 'd', 'e']) {
    await byUser.responses.create({ model: 'support-intents', input: '?', safety_identifier: user });
    await byTenant.responses.create({ model: 'support-intents', input: '?', safety_identifier: user });
    for (const key of [user, 'tenant-7']) expected.push((await models.resolve('support-intents', { key })).modelId);
  }
  expect(platform.asked.map(({ body }) => body.model)).toEqual(expected);
  expect(new Set(expected)).toEqual(new Set(['stand-in-mini', 'candidate']));
});

test('a version at another connection is asked there, with its key', async () => {
  const { models, records } = await wrapped();
  await records.registerVersion(newVersion(4, { connection: 'azure', modelId: 'our-deployment' }));
  await records.promote({ ...act(), version: 4 });
  const [here, there] = [await recorder(), await recorder()];
  const azure = new AzureOpenAI({ endpoint: there.url, apiKey: 'of-azure', apiVersion: '2024-10-21' });
  const client = new OpenAI({ baseURL: here.url, apiKey: 'of-openai' });
  const openai = withModels(client, models, { clients: { azure }, connection: 'simulator' });
  await openai.chat.completions.create({ model: 'support-intents', messages });
  await openai.chat.completions.create({ model: 'gpt-4.1', messages });
  expect(there.asked).toMatchObject([
    {
      url: '/openai/deployments/our-deployment/chat/completions?api-version=2024-10-21',
      authorization: 'of-azure',
      body: { model: 'our-deployment' },
    },
  ]);
  expect(here.asked).toMatchObject([{ authorization: 'Bearer of-openai', body: { model: 'gpt-4.1' } }]);
  const elsewhere = withModels(client, models, { connection: 'simulator' });
  await expect(elsewhere.chat.completions.create({ model: 'support-intents', messages })).rejects.toMatchObject({
    code: 'unknown_connection',
    message: expect.stringContaining('Version 4 of "support-intents" is at the connection "azure"'),
  });
});

test('with names given, no others are looked up', async () => {
  const models = createModels({ url: `http://127.0.0.1:${await closedPort()}` });
  const platform = await recorder();
  const client = new OpenAI({ baseURL: platform.url, apiKey: 'any' });
  const openai = withModels(client, models, { names: ['support-intents'] });
  await openai.responses.create({ model: 'gpt-4o', input: '?' });
  expect(platform.asked).toMatchObject([{ body: { model: 'gpt-4o' } }]);
  await expect(openai.responses.create({ model: 'support-intents', input: '?' })).rejects.toMatchObject({
    code: 'records_unavailable',
  });
  await models.close();
});
