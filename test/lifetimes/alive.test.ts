import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelVersion } from '../../src/contract/registry.ts';
import { aliveCheck } from '../../src/lifetimes/alive.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';

/** What the check says of a version at a platform that answers so, and what it could not ask. */
async function check(answer: RequestListener, env: NodeJS.ProcessEnv = { KEY: 'any' }, deadlineMs = 30_000) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const platforms = createPlatforms({ mine: { platform: 'openai', baseURL, apiKeyEnv: 'KEY' } }, { env });
  const unasked: string[] = [];
  const version = { connection: 'mine', modelId: 'ft:1' } as ModelVersion;
  try {
    return { dead: await aliveCheck(platforms, ({ code }) => unasked.push(code), deadlineMs)(version), unasked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answering =
  (status: number, body: object): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };

const model = { id: 'ft:1', object: 'model', created: 1, owned_by: 'me' };

test('a version is dead by the clear word of its platform alone', async () => {
  const notFound = { error: { message: 'no such model', type: 'invalid_request_error', code: 'model_not_found' } };
  expect(await check(answering(200, model))).toEqual({ dead: undefined, unasked: [] });
  expect(await check(answering(200, { ...model, shutdown_date: '2099-01-14' }))).toMatchObject({ dead: undefined });
  expect(await check(answering(200, { ...model, shutdown_date: '2024-01-14' }))).toEqual({
    dead: 'was shut down by its platform on 2024-01-14',
    unasked: [],
  });
  expect(await check(answering(404, notFound))).toEqual({
    dead: 'is no longer known to its platform, "mine"',
    unasked: [],
  });
});

test('a platform that fails, is silent or cannot be asked keeps nobody from acting, and is told', async () => {
  expect(await check(answering(500, {}))).toEqual({ dead: undefined, unasked: ['platform_unavailable'] });
  expect(await check(() => undefined, { KEY: 'any' }, 300)).toEqual({ dead: undefined, unasked: ['answer_lost'] });
  expect(await check(answering(200, model), {})).toEqual({ dead: undefined, unasked: ['missing_key'] });
});
