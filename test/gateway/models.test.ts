import { request } from 'node:http';
import { startGateway } from '../../src/gateway/index.ts';
import { closedPort } from '../platforms/support.ts';
import { testSettings } from '../support/pipeline.ts';
import { adminKey, ask, registry, serviceKey } from './registry.ts';
import { onEnd } from './support.ts';

const key = serviceKey;

describe('who may ask', () => {
  test('only who knows a key', async () => {
    const { url } = await registry();
    for (const wrong of [undefined, '', 'a-key-of-the-shoq', `${serviceKey} `.repeat(2)]) {
      const refused = await ask(url, '', wrong === undefined ? {} : { key: wrong });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(refused.json.error).toMatchObject({ code: 'wrong_key', advice: expect.stringContaining('Bearer KEY') });
    }
    expect(await ask(url, '', { key })).toMatchObject({
      status: 200,
      json: [{ name: 'support-intents', champion: 1 }],
    });
  });

  test('changes are for the keys that may make them', async () => {
    const { url, records } = await registry();
    const body = { version: 2, by: 'kim' };
    expect(await ask(url, '/support-intents/promote', { key, body })).toMatchObject({
      status: 403,
      json: { error: { code: 'forbidden', message: 'With the key of "shop" nothing can be changed.' } },
    });
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 1 });
    expect((await ask(url, '/support-intents/promote', { key: adminKey, body })).status).toBe(200);
    expect((await records.audit('support-intents'))[0]).toMatchObject({ action: 'promote', by: 'kim (key ops)' });
  });

  test('without keys, whoever is on the machine may look, and change nothing', async () => {
    const { url } = await registry({ gatewayKeys: [] });
    expect((await ask(url, '/support-intents/resolve')).status).toBe(200);
    expect(await ask(url, '/support-intents/promote', { body: { version: 2, by: 'kim' } })).toMatchObject({
      status: 403,
    });
  });

  test('without keys, no page in a browser may, by a name that leads here', async () => {
    const { port } = await registry({ gatewayKeys: [] });
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: 'evil.example' };
      request({ host: '127.0.0.1', port, path: '/v1/models', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test('without keys, nobody may where other machines reach it', async () => {
    const { url } = await registry({ gatewayKeys: [] }, '0.0.0.0');
    expect(await ask(url, '')).toMatchObject({
      status: 403,
      json: { error: { code: 'forbidden', advice: expect.stringContaining('TUNEWRIGHT_GATEWAY_KEYS') } },
    });
  });
});

describe('looking', () => {
  test('at models, one with its versions, and what is served', async () => {
    const { url } = await registry();
    expect((await ask(url, '/support-intents', { key })).json).toMatchObject({
      name: 'support-intents',
      champion: 1,
      list: [{ version: 3 }, { version: 2 }, { version: 1, aliases: ['champion'] }],
    });
    expect((await ask(url, '/support-intents/serving', { key })).json).toMatchObject({ champion: { version: 1 } });
    expect(await ask(url, '/none', { key })).toMatchObject({ status: 404, json: { error: { code: 'model_unknown' } } });
  });

  test('what is resolved may be kept, but is asked about each time', async () => {
    const { url, records } = await registry();
    const first = await ask(url, '/support-intents/resolve', { key });
    expect(first).toMatchObject({
      status: 200,
      json: { version: 1, modelId: 'stand-in-mini', connection: 'simulator' },
    });
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    expect(await ask(url, '/support-intents/resolve', { key, headers })).toMatchObject({
      status: 304,
      json: undefined,
    });
    await records.promote({ model: 'support-intents', by: 'kim', requestId: 'second', version: 2 });
    expect(await ask(url, '/support-intents/resolve', { key, headers })).toMatchObject({
      status: 200,
      json: { version: 2 },
    });
  });

  test('a canary is decided by the key of the caller', async () => {
    const { url, records } = await registry();
    await records.setCanary({ model: 'support-intents', by: 'kim', requestId: 'canary', version: 2, share: 1 });
    expect((await ask(url, '/support-intents/resolve?key=a%20b', { key })).json).toMatchObject({ alias: 'candidate' });
    expect((await ask(url, '/support-intents/resolve', { key })).json).toMatchObject({ alias: 'champion' });
  });
});

describe('changing', () => {
  test('promotes and rolls back, once a request id', async () => {
    const { url, records } = await registry();
    const promotion = { key: adminKey, body: { version: 2, by: 'kim', requestId: 'ticket-7', expectedChampion: 1 } };
    const first = await ask(url, '/support-intents/promote', promotion);
    expect(first.json).toMatchObject({ champion: 2, previous: 1, changed: true });
    const back = { key: adminKey, body: { by: 'kim', reason: 'complaints' } };
    expect((await ask(url, '/support-intents/rollback', back)).json).toMatchObject({ champion: 1, previous: 2 });
    expect((await ask(url, '/support-intents/promote', promotion)).json).toEqual(first.json);
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 1 });
  });

  test('refuses what its platform no longer knows', async () => {
    const { url } = await registry();
    expect(
      await ask(url, '/support-intents/promote', { key: adminKey, body: { version: 3, by: 'kim' } }),
    ).toMatchObject({
      status: 409,
      json: {
        error: {
          code: 'version_dead',
          message: 'Version 3 of "support-intents" is no longer known to its platform, "simulator".',
        },
      },
    });
  });

  test.each([
    ['no JSON', '{', {}],
    ['an unknown field', { version: 2, by: 'kim', force: true }, {}],
    ['no number', { version: 'two', by: 'kim' }, {}],
    ['nobody who acts', { version: 2 }, {}],
    ['a form, as a page in a browser could send it', '{"version":2,"by":"kim"}', { 'Content-Type': 'text/plain' }],
  ])('a body with %s is refused', async (_what, body, headers) => {
    const { url, records } = await registry();
    expect(await ask(url, '/support-intents/promote', { key: adminKey, body, headers })).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_config' } },
    });
    expect(await records.getModel('support-intents')).toMatchObject({ champion: 1 });
  });

  test('a body that is too large is refused', async () => {
    const { url } = await registry();
    const body = { version: 2, by: 'kim', reason: 'x'.repeat(100_000) };
    expect(await ask(url, '/support-intents/promote', { key: adminKey, body })).toMatchObject({ status: 413 });
  });

  test('feedback ends a canary that is worse', async () => {
    const { url, records } = await registry();
    await records.setCanary({ model: 'support-intents', by: 'kim', requestId: 'canary', version: 2, share: 0.5 });
    const give = async (body: object) => (await ask(url, '/support-intents/feedback', { key, body })).json;
    for (let call = 0; call < 10; call++) await give({ version: 1, passed: true });
    for (let call = 0; call < 9; call++) await give({ version: 2, passed: false, id: `call-${call}` });
    expect(await give({ version: 2, passed: false, id: 'call-0' })).toMatchObject({ counted: false });
    expect(await give({ version: 2, passed: false, id: 'call-9' })).toMatchObject({
      counted: true,
      ended: expect.stringContaining('0 of 10 passed against 10 of 10'),
    });
    expect(await records.getModel('support-intents')).not.toHaveProperty('canary');
  });
});

describe('changes', () => {
  test('are told as they happen, what is so first', async () => {
    const { url, records } = await registry();
    const stop = new AbortController();
    const answer = await fetch(`${url}/v1/models/support-intents/changes`, {
      headers: { Authorization: `Bearer ${key}` },
      signal: stop.signal,
    });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => (await reader?.read())?.value ?? '';
    expect(await next()).toMatch(
      /^event: serving\ndata: \{"name":"support-intents","revision":1,"champion":\{"version":1,/,
    );
    await records.promote({ model: 'support-intents', by: 'kim', requestId: 'second', version: 2 });
    expect(await next()).toMatch(/^event: serving\ndata: .*"champion":\{"version":2,/);
    await records.retire({
      model: 'support-intents',
      by: 'kim',
      requestId: 'all',
      version: 2,
      reason: 'x',
      evenChampion: true,
    });
    expect(await next()).toMatch(/^event: none\ndata: \{"error":\{"code":"no_champion",/);
    stop.abort();
  });

  test('of a model that is not there are refused', async () => {
    const { url } = await registry();
    expect(await ask(url, '/none/changes', { key })).toMatchObject({ status: 404 });
  });

  test('keep no gateway from closing', async () => {
    const { url, stop, restart } = await registry();
    const answer = await fetch(`${url}/v1/models/support-intents/changes`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    await stop();
    await answer.body?.cancel();
    await restart();
  });
});

test('where the records cannot be reached, it says so, and health goes on', async () => {
  const records = `postgres://127.0.0.1:${await closedPort()}/none`;
  const gateway = await startGateway({ ...testSettings('/nowhere', 'http://127.0.0.1:9/v1'), records });
  onEnd(async () => await gateway.close());
  expect(await ask(gateway.url, '')).toMatchObject({ status: 503, json: { error: { code: 'records_unavailable' } } });
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
});
