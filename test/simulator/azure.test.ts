import OpenAI, { AzureOpenAI } from 'openai';
import { ask, type Bench, bench, chatLines, createJob, refusal, trained, uploadText } from './support.ts';

// Azure's surface of the simulator, through the official clients; the management plane by plain requests.

const deployments = '/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments';
const dayMs = 24 * 3_600_000;

function v1(at: Bench, settings: { timeout?: number } = {}): OpenAI {
  return new OpenAI({ apiKey: 'key', baseURL: new URL('/openai/v1', at.sim.url).href, maxRetries: 0, ...settings });
}

function older(at: Bench): AzureOpenAI {
  return new AzureOpenAI({
    apiKey: 'key',
    endpoint: new URL(at.sim.url).origin,
    apiVersion: '2024-10-21',
    maxRetries: 0,
  });
}

async function manage(at: Bench, method: string, name: string, body?: object) {
  const answer = await fetch(new URL(`${deployments}${name && `/${name}`}?api-version=2024-10-01`, at.sim.url), {
    method,
    headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

const of = (name: string, version = '1', sku = 'GlobalStandard') => ({
  sku: { name: sku, capacity: 1 },
  properties: { model: { format: 'OpenAI', name, version } },
});

test.each([
  ['the v1 surface', v1],
  ['the older surface', older],
] as const)('%s: a tuned model answers under its deployment alone', async (_, clientOf) => {
  const at = await bench();
  const client = clientOf(at);
  const { id, fine_tuned_model: model } = await trained(client);
  expect(model).toMatch(/^gpt-4\.1-mini-2025-04-14\.ft-[0-9a-f]{32}$/);
  expect((await client.fineTuning.jobs.listEvents(id)).data.map(({ message }) => message).join()).toContain(model);

  expect(await refusal(ask(client, model ?? '', 'my bank card is lost'))).toMatchObject({
    status: 404,
    code: 'DeploymentNotFound',
  });
  expect((await manage(at, 'PUT', 'mine', of(model ?? ''))).status).toBe(201);
  expect(await ask(client, 'mine', 'my bank card is lost please block it number 3')).toBe('card_lost');
  expect(at.sim.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, deployments: 1 });
});

test('a base model is deployed by its name and version', async () => {
  const at = await bench();
  expect((await manage(at, 'PUT', 'base', of('gpt-4.1-mini', '2025-04-14'))).json).toMatchObject({
    name: 'base',
    properties: { model: { format: 'OpenAI', name: 'gpt-4.1-mini', version: '2025-04-14' } },
  });
  expect(await ask(v1(at), 'base', 'hello')).toEqual(expect.any(String));
  expect((await manage(at, 'PUT', 'other', of('gpt-none'))).json.error.code).toBe('DeploymentModelNotSupported');
});

test('a deployment is created, then succeeded, then ready, then being deleted, then gone', async () => {
  const at = await bench({ deployMs: 60_000, deployReadyMs: 30_000, now: () => 1_800_000_000_000 });
  const state = async () => (await manage(at, 'GET', 'slow')).json?.properties?.provisioningState;
  await manage(at, 'PUT', 'slow', of('gpt-4.1-mini', '2025-04-14'));
  expect(await state()).toBe('Creating');
  expect((await manage(at, 'PUT', 'slow', of('gpt-4.1-mini', '2025-04-14'))).status).toBe(409);
  expect(await refusal(ask(v1(at), 'slow', 'hello'))).toMatchObject({ status: 404, code: 'DeploymentNotFound' });

  at.sim.advanceClock(60_000);
  expect(await state()).toBe('Succeeded');
  expect(await refusal(ask(v1(at), 'slow', 'hello'))).toMatchObject({ status: 404, code: 'DeploymentNotReady' });
  at.sim.advanceClock(30_000);
  expect(await ask(v1(at), 'slow', 'hello')).toEqual(expect.any(String));

  expect((await manage(at, 'DELETE', 'slow')).status).toBe(202);
  expect(await state()).toBe('Deleting');
  at.sim.advanceClock(60_000);
  expect((await manage(at, 'GET', 'slow')).status).toBe(404);
  expect((await manage(at, 'DELETE', 'slow')).status).toBe(204);
});

test('a deployment of the developer tier is taken away after a day, others stay', async () => {
  const at = await bench({ now: () => 1_800_000_000_000 });
  await manage(at, 'PUT', 'cheap', of('gpt-4.1-mini', '2025-04-14', 'DeveloperTier'));
  await manage(at, 'PUT', 'dear', of('gpt-4.1-mini', '2025-04-14'));
  at.sim.advanceClock(dayMs - 1);
  expect((await manage(at, 'GET', '')).json.value).toHaveLength(2);
  at.sim.advanceClock(1);
  expect((await manage(at, 'GET', '')).json.value.map(({ name }: { name: string }) => name)).toEqual(['dear']);
});

test('a model says whether it can be tuned', async () => {
  const { data } = await v1(await bench()).models.list();
  const tunable = (model: string) =>
    (data.find(({ id }) => id === model) as { capabilities?: { fine_tune: boolean } } | undefined)?.capabilities
      ?.fine_tune;
  expect([tunable('gpt-4.1-mini'), tunable('text-embedding-3-large')]).toEqual([true, false]);
});

test('files and jobs are created with 201, a file is pending until it was looked at', async () => {
  const at = await bench({ fileProcessingMs: 60_000, now: () => 1_800_000_000_000 });
  const client = v1(at);
  const form = new FormData();
  form.set('purpose', 'fine-tune');
  form.set('file', new File([chatLines(40)], 'data.jsonl'));
  const created = await fetch(new URL('/openai/v1/files', at.sim.url), {
    method: 'POST',
    headers: { 'api-key': 'key' },
    body: form,
  });
  expect(created.status).toBe(201);
  const { id, status } = (await created.json()) as { id: string; status: string };
  expect(status).toBe('pending');
  at.sim.advanceClock(60_000);
  expect((await client.files.retrieve(id)).status).toBe('processed');
});

test('a kind of training is named, and a wrong one refused', async () => {
  const at = await bench();
  const client = v1(at);
  const { id: training_file } = await uploadText(client, chatLines(40));
  const create = async (trainingType: string) =>
    await client.fineTuning.jobs.create({ model: 'gpt-4.1-mini', training_file, ...{ trainingType } });
  expect((await create('globalStandard')).status).toBe('validating_files');
  expect(await refusal(create('cheapest'))).toMatchObject({ status: 400, code: 'invalidPayload' });
});

test('the record of a job that has ended can be deleted', async () => {
  const at = await bench({ queueMs: 3_600_000 });
  const { id } = await createJob(v1(at));
  const remove = async () =>
    (
      await fetch(new URL(`/openai/v1/fine_tuning/jobs/${id}`, at.sim.url), {
        method: 'DELETE',
        headers: { 'api-key': 'key' },
      })
    ).status;
  expect(await remove()).toBe(409);
  await v1(at).fineTuning.jobs.cancel(id);
  expect(await remove()).toBe(204);
  expect(await refusal(v1(at).fineTuning.jobs.retrieve(id))).toMatchObject({ status: 404 });
});

test('an old path needs api-version, v1 does not; both need a key, and the management plane a token', async () => {
  const at = await bench();
  const get = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(new URL(path, at.sim.url), { headers });
    return { status: answer.status, error: ((await answer.json()) as { error?: { code: string } }).error?.code };
  };
  const key = { 'api-key': 'key' };
  expect(await get('/openai/v1/files', key)).toEqual({ status: 200 });
  expect(await get('/openai/files?api-version=2024-10-21', key)).toEqual({ status: 200 });
  expect(await get('/openai/files', key)).toEqual({ status: 404, error: '404' });
  expect(await get('/openai/v1/nothing', key)).toEqual({ status: 404, error: '404' });
  expect(await get('/openai/v1/files', {})).toEqual({ status: 401, error: '401' });
  expect(await get(`${deployments}?api-version=2024-10-01`, {})).toEqual({
    status: 401,
    error: 'AuthenticationFailed',
  });
});

test('faults strike both planes', async () => {
  const at = await bench();
  at.sim.faults.add({ kind: 'status', status: 503, path: '/v1/files', method: 'GET' });
  expect(
    await refusal(
      v1(at)
        .files.list()
        .then((page) => page),
    ),
  ).toMatchObject({ status: 503 });
  at.sim.faults.add({ kind: 'status', status: 429, path: '/subscriptions/**', method: 'PUT' });
  expect((await manage(at, 'PUT', 'mine', of('gpt-4.1-mini', '2025-04-14'))).status).toBe(429);
});
