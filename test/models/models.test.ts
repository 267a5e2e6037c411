import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Serving } from '../../src/contract/registry.ts';
import { createModels, type Models, type ModelsOptions } from '../../src/models/index.ts';
import type { Records } from '../../src/records/index.ts';
import { openRecords } from '../../src/records/index.ts';
import { adminKey, type Registry, registry, serviceKey } from '../gateway/registry.ts';
import { onEnd } from '../gateway/support.ts';
import { closedPort } from '../platforms/support.ts';
import { act, registered } from '../records/support/samples.ts';

function opened(options: ModelsOptions): Models {
  const models = createModels(options);
  onEnd(async () => await models.close());
  return models;
}

/** The next change that is told. */
function change(models: Models): Promise<Serving | undefined> {
  return new Promise((resolve) => {
    const stop = models.onChange('support-intents', (serving) => {
      stop();
      resolve(serving);
    });
  });
}

async function ofGateway(): Promise<{ models: Models; records: Records; at: Registry }> {
  const at = await registry();
  return { models: opened({ url: `${at.url}/`, key: adminKey }), records: at.records, at };
}

async function ofRecords(): Promise<{ models: Models; records: Records }> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-models-'));
  onEnd(async () => await rm(folder, { recursive: true, force: true }));
  const location = join(folder, 'records.sqlite');
  const records = await openRecords(location);
  onEnd(async () => await records.close());
  await registered(records, 3);
  await records.promote({ ...act(), version: 1 });
  return { models: opened({ records: location }), records };
}

describe.each([
  ['a gateway', ofGateway],
  ['the records', ofRecords],
])('by way of %s', (_way, start) => {
  test('a name resolves to its champion, and follows it', async () => {
    const { models, records } = await start();
    expect(await models.resolve('support-intents')).toEqual(await records.resolve('support-intents'));
    const changed = change(models);
    await records.promote({ ...act(), version: 2 });
    expect(await changed).toMatchObject({ champion: { version: 2 } });
    expect(await models.resolve('support-intents')).toMatchObject({ version: 2 });
    const gone = change(models);
    await records.retire({ ...act(), version: 2, reason: 'recalled', evenChampion: true });
    expect(await gone).toBeUndefined();
    await expect(models.resolve('support-intents')).rejects.toMatchObject({ code: 'no_champion' });
  });

  test('a canary is decided in this process as it is elsewhere', async () => {
    const { models, records } = await start();
    await records.setCanary({ ...act(), version: 2, share: 0.5 });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(await models.resolve('support-intents', { key })).toEqual(
        await records.resolve('support-intents', { key }),
      );
    }
  });

  test('promotes, rolls back, lists and takes feedback', async () => {
    const { models, records } = await start();
    const who = { model: 'support-intents', by: 'kim' };
    expect(await models.promote({ ...who, version: 2 })).toMatchObject({ champion: 2, previous: 1 });
    expect(await models.rollback({ ...who, reason: 'complaints' })).toMatchObject({ champion: 1, previous: 2 });
    await expect(models.promote({ ...who, version: 2, expectedChampion: 3 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await models.list()).toMatchObject([{ name: 'support-intents', champion: 1 }]);
    expect((await models.get('support-intents')).list).toHaveLength(3);
    await records.setCanary({ ...act(), version: 2, share: 0.5 });
    const feedback = { model: 'support-intents', version: 2, passed: true };
    expect(await models.feedback(feedback)).toMatchObject({ counted: true });
    await expect(models.resolve('none')).rejects.toMatchObject({ code: 'model_unknown' });
    await expect(models.resolve('Not/a.name')).rejects.toMatchObject({ code: 'model_unknown' });
  });
});

test('what was last known is served while the gateway is away, and it is followed again when it is back', async () => {
  const { models, records, at } = await ofGateway();
  expect(await models.resolve('support-intents')).toMatchObject({ version: 1 });
  await at.stop();
  await records.promote({ ...act(), version: 2 });
  expect(await models.resolve('support-intents')).toMatchObject({ version: 1 });
  const changed = change(models);
  await at.restart();
  expect(await changed).toMatchObject({ champion: { version: 2 } });
});

test('but not for longer than was allowed', async () => {
  const at = await registry();
  const models = opened({ url: at.url, key: serviceKey, staleSeconds: 0.05 });
  await models.resolve('support-intents');
  await at.stop();
  let error: unknown;
  while (error === undefined) await models.resolve('support-intents').catch((thrown) => (error = thrown));
  expect(error).toMatchObject({ code: 'records_unavailable', message: expect.stringContaining('too long ago') });
});

test('that nothing has changed is heard, and what is known stays fresh', async () => {
  const champion = { version: 7, connection: 'c', platform: 'p', modelId: 'm', baseModel: 'b', since: '2026-11-28' };
  const serving = JSON.stringify({ name: 'support-intents', revision: 1, champion });
  const still = 'event: still\ndata: {}\n\n';
  let told = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/serving')) return void response.end(serving);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const timer = setInterval(() => response.write(still) && told++, 50);
    request.once('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const models = opened({ url, staleSeconds: 1 });
  onEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  while (told < 30) {
    expect(await models.resolve('support-intents')).toMatchObject({ version: 7 });
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('many calls at once ask once', async () => {
  let asked = 0;
  const answers: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/serving')) asked++;
    answers.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const models = opened({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const calls = Promise.all(Array.from({ length: 50 }, () => models.resolve('support-intents')));
  await once(server, 'request');
  const champion = { version: 7, connection: 'c', platform: 'p', modelId: 'm', baseModel: 'b', since: '2026-11-28' };
  answers[0]?.setHeader('Content-Type', 'application/json');
  answers[0]?.end(JSON.stringify({ name: 'support-intents', revision: 1, champion }));
  expect(new Set((await calls).map(({ version }) => version))).toEqual(new Set([7]));
  expect(asked).toBe(1);
  await models.close();
  server.close();
  server.closeAllConnections();
});

test('a gateway that cannot be reached, or refuses, is told by name', async () => {
  const nobody = opened({ url: `http://127.0.0.1:${await closedPort()}` });
  await expect(nobody.resolve('support-intents')).rejects.toMatchObject({ code: 'records_unavailable', retry: 'yes' });
  const { url } = await registry();
  await expect(opened({ url }).resolve('support-intents')).rejects.toMatchObject({ code: 'wrong_key' });
  const promotion = { model: 'support-intents', by: 'kim', version: 2 };
  const service = opened({ url, key: serviceKey });
  await expect(service.promote(promotion)).rejects.toMatchObject({ code: 'forbidden', status: 403 });
  expect(() => createModels({ url: 'gateway:8787' })).toThrow(expect.objectContaining({ code: 'invalid_config' }));
});
