import { bench, failureOf } from '../support.ts';
import { azureConnection } from './support.ts';

const messages = [{ role: 'user', content: 'Where is my parcel?' }];

test.each([
  ['the v1 surface', {}],
  ['the older one', { apiVersion: '2024-10-21' }],
])("others' requests go to the deployment that stands, on %s", async (_, surface) => {
  const deployments = { 'stand-in-mini': 'standing' };
  const { platform } = await bench({}, (url) => azureConnection(url, { deployments, ...surface }));
  await platform.deployments?.create({ name: 'standing', model: 'stand-in-mini' });
  const at = await platform.endpoint?.({ model: 'stand-in-mini' }, '/chat/completions');
  const answer = await fetch(at?.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...at?.headers },
    body: JSON.stringify({ model: at?.model, messages }),
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
});

test('the older surface has responses beside the deployments', async () => {
  const deployments = { 'stand-in-mini': 'standing' };
  const { platform } = await bench({}, (url) => azureConnection(url, { deployments, apiVersion: '2024-10-21' }));
  const { url = '' } = (await platform.endpoint?.({ model: 'stand-in-mini' }, '/responses')) ?? {};
  expect(new URL(url).pathname).toBe('/openai/responses');
});

test('a model without a deployment cannot be asked', async () => {
  const { platform } = await bench({}, (url) => azureConnection(url));
  const failure = await failureOf(
    platform.endpoint?.({ model: 'stand-in-mini' }, '/chat/completions') ?? Promise.resolve(),
  );
  expect(failure).toMatchObject({ code: 'model_not_found', message: 'No deployment stands for stand-in-mini.' });
});
