import { graderContext } from '../../../src/activities/grading.ts';
import type { Deployments, TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms, type Platforms } from '../../../src/platforms/registry.ts';
import { bench, endpoint, failureOf, newJob, until } from '../support.ts';
import { azureConnection } from './support.ts';

const management = '/subscriptions/**';

async function open(options: Parameters<typeof bench>[0] = {}, changes: Record<string, unknown> = {}) {
  const at = await bench(options, (url) => azureConnection(url, changes));
  return { ...at, deployments: at.platform.deployments as Deployments };
}

test('a deployment is ready when it answers, not when it has succeeded', async () => {
  const { deployments, simulator } = await open({ deployMs: 60_000, deployReadyMs: 30_000 });
  expect(await deployments.state('mine')).toBe('gone');
  await deployments.create({ name: 'mine', model: 'stand-in-mini' });
  expect(await deployments.state('mine')).toBe('creating');
  simulator.advanceClock(60_000);
  expect(await deployments.state('mine')).toBe('creating');
  simulator.advanceClock(30_000);
  expect(await deployments.state('mine')).toBe('ready');
  await deployments.remove('mine');
  expect(await deployments.state('mine')).toBe('creating');
  simulator.advanceClock(60_000);
  expect(await deployments.state('mine')).toBe('gone');
  await deployments.remove('mine');
});

test('one of the same name is taken up, one of another model is a contradiction', async () => {
  const at = await open();
  const { model } = await until(at.platform, (await newJob(at)).id);
  for (const _ of [1, 2]) await at.deployments.create({ name: 'mine', model: model ?? '' });
  expect(at.simulator.ledger().totals.deployments).toBe(1);
  expect(await failureOf(at.deployments.create({ name: 'mine', model: 'stand-in-mini' }))).toMatchObject({
    code: 'contradiction',
  });
});

test('a create whose answer is lost is taken up by the next one', async () => {
  const { deployments, simulator } = await open();
  simulator.faults.add({ kind: 'drop-after', method: 'PUT', path: management });
  expect(await failureOf(deployments.create({ name: 'mine', model: 'stand-in-mini' }))).toMatchObject({
    code: 'answer_lost',
  });
  await deployments.create({ name: 'mine', model: 'stand-in-mini' });
  expect(simulator.ledger().totals.deployments).toBe(1);
});

test('a base model is deployed by its name and version, also when an alias names it', async () => {
  const { deployments, simulator, count } = await open();
  simulator.setModels({ 'gpt-4.1-mini': { shutdownDate: '2999-01-01' } });
  const creates = count('PUT', management);
  await deployments.create({ name: 'mine', model: 'gpt-4.1-mini' });
  await deployments.create({ name: 'mine', model: 'gpt-4.1-mini-2025-04-14' });
  expect(creates()).toBe(1);
  expect(await deployments.find('mi')).toEqual([
    { name: 'mine', model: 'gpt-4.1-mini-2025-04-14', createdAt: expect.any(Number) },
  ]);
  expect(await deployments.find('other')).toEqual([]);
});

test('an open model is deployed under the format of its maker', async () => {
  const { url, requests } = await endpoint(({ method }, response) => {
    if (method === 'PUT') return {};
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"code":"DeploymentNotFound"}}');
  });
  const deployment = { modelFormat: 'Mistral AI', tunedSku: 'GlobalStandard', capacity: 100 };
  const platform = createPlatforms({ here: azureConnection(url, { deployment }) }, { env: { OPENAI_API_KEY: 'a' } });
  const name = 'Ministral-3B.ft-0123abcd';
  await platform.get('here').deployments?.create({ name: 'mine', model: name });
  expect(JSON.parse(requests.find(({ method }) => method === 'PUT')?.body ?? '')).toEqual({
    sku: { name: 'GlobalStandard', capacity: 100 },
    properties: { model: { format: 'Mistral AI', name, version: '1' } },
  });
});

test('lack of capacity is waited out, a missing permission is not', async () => {
  const { deployments, simulator } = await open();
  const refuse = (status: number, code: string, message: string) =>
    simulator.faults.add({
      kind: 'status',
      method: 'PUT',
      path: management,
      status,
      body: { error: { code, message } },
    });
  const create = async () => await failureOf(deployments.create({ name: 'mine', model: 'stand-in-mini' }));
  refuse(400, 'InsufficientQuota', 'This operation require 50 new capacity in quota.');
  expect(await create()).toMatchObject({ code: 'no_capacity', retry: 'yes', retryAfterMs: 60_000 });
  refuse(409, 'RequestConflict', 'Another operation is being performed.');
  expect(await create()).toMatchObject({ code: 'platform_unavailable' });
  refuse(403, 'AuthorizationFailed', 'No permission to deploy within this quota.');
  expect(await create()).toMatchObject({ code: 'forbidden', retry: 'never' });
});

test('a deployment that stands anyway is named by its model, and what one costs is known where it was told', async () => {
  const { deployments } = await open({}, { deployments: { 'gpt-4.1-mini': 'ours' }, deployment: { hourlyUsd: 1.7 } });
  expect(deployments.existing('gpt-4.1-mini-2025-04-14')).toBe('ours');
  expect(deployments.existing('stand-in-mini')).toBeUndefined();
  expect(deployments.hourlyUsd('gpt-4.1-mini-2025-04-14.ft-0123abcd')).toBe(1.7);
  expect(deployments.hourlyUsd('gpt-4.1-mini-2025-04-14')).toBeUndefined();
});

test.each([
  ['the v1 surface', {}],
  ['an older one', { apiVersion: '2024-10-21' }],
])('judges and embeddings answer by the deployments that the connection names, on %s', async (_, surface) => {
  const model = 'text-embedding-3-large';
  const names = { 'stand-in-judge': 'my-judge', [model]: 'my-embedding' };
  const { platform, deployments } = await open({}, { deployments: names, ...surface });
  for (const [of, name] of Object.entries(names)) await deployments.create({ name, model: of });
  const context = graderContext({ platforms: alone(platform) }, { connection: 'here', seed: 1 });
  const signal = new AbortController().signal;
  const { vectors } = await context.embed({ model, texts: ['a', 'b'] }, signal);
  expect(vectors).toHaveLength(2);
  const messages = [{ role: 'user', content: 'hello' }];
  const schema = { type: 'object', properties: { score: { type: 'number' } } };
  const request = { model: 'stand-in-judge', messages, format: { name: 'judgement', schema }, sampling: {} };
  const { text, use } = await context.ask({ ...request, maxOutputTokens: 50 }, signal);
  expect(JSON.parse(text)).toEqual({ score: 0 });
  expect(use.usd).toBeGreaterThan(0);
});

function alone(platform: TrainingPlatform): Platforms {
  return { names: ['here'], get: () => platform, facts: () => platform, monthlyBudgetUsd: () => undefined };
}
