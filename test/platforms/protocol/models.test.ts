import { bench, connected, endpoint, failureOf, newJob, until } from '../support.ts';

test('access is proved by address and key', async () => {
  const at = await bench({ apiKeys: ['sk-another'] });
  expect(await failureOf(at.platform.checkAccess())).toMatchObject({ code: 'wrong_key', retry: 'never', status: 401 });
  await expect((await bench()).platform.checkAccess()).resolves.toBeUndefined();
});

test('a model tells the day of its shutdown where one is announced', async () => {
  const { platform } = await bench({ models: { 'gpt-4.1': { shutdownDate: '2999-01-14' } } });
  expect(await platform.getModel('gpt-4.1')).toEqual({ id: 'gpt-4.1', shutdownDate: '2999-01-14' });
  expect(await platform.getModel('stand-in-mini')).toEqual({ id: 'stand-in-mini', shutdownDate: undefined });
});

test.each(['gpt-nonsense', 'ft:gpt-4.1:org:none:abc'])('%s is not found, by its name', async (id) => {
  const { platform } = await bench();
  expect(await failureOf(platform.getModel(id))).toMatchObject({
    code: 'model_not_found',
    message: `The platform has no model "${id}" for this account.`,
    retry: 'never',
    status: 404,
  });
});

test('a model that is not ready yet is found later', async () => {
  const at = await bench({ modelReadyMs: 60_000 });
  const { model } = await until(at.platform, (await newJob(at)).id);
  expect(await failureOf(at.platform.getModel(model ?? ''))).toMatchObject({ code: 'model_not_found' });
  at.simulator.advanceClock(60_000);
  expect(await at.platform.getModel(model ?? '')).toMatchObject({ id: model });
});

test('a model is deleted; deleting what is gone is success, what may not be deleted is refused', async () => {
  const at = await bench();
  const { model } = await until(at.platform, (await newJob(at)).id);
  await at.platform.deleteModel(model ?? '');
  expect(await failureOf(at.platform.getModel(model ?? ''))).toMatchObject({ code: 'model_not_found' });
  await at.platform.deleteModel(model ?? '');
  expect(await failureOf(at.platform.deleteModel('stand-in-mini'))).toMatchObject({ code: 'forbidden' });
});

test('key, organization, project and headers are sent as the connection says', async () => {
  let headers: unknown;
  const { url } = await endpoint((_, response) => {
    headers = response.req.headers;
    return { data: [] };
  });
  await connected(url, { organization: 'org-1', project: 'proj-1', headers: { 'x-team': 'support' } }).checkAccess();
  expect(headers).toMatchObject({
    authorization: 'Bearer sk-test-0123456789abcdef',
    'openai-organization': 'org-1',
    'openai-project': 'proj-1',
    'x-team': 'support',
  });
});
