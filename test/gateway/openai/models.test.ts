import OpenAI from 'openai';
import { closedPort } from '../../platforms/support.ts';
import { at, front } from './support.ts';

const everything = async (client: OpenAI) => {
  const models = [];
  for await (const model of client.models.list()) models.push(model);
  return models;
};

test('registered models are listed, and those of each connection that answers', async () => {
  const { client, promote } = await front({ dead: at(await closedPort()) });
  expect((await everything(client)).map(({ id }) => id)).toContain('simulator/stand-in-mini');
  await promote({});
  expect(await everything(client)).toContainEqual({
    id: 'support-intents',
    object: 'model',
    created: expect.any(Number),
    owned_by: 'tunewright',
  });
});

test('those of the usual connection go by their own ids', async () => {
  const { client } = await front({}, { gateway: { connection: 'simulator', models: {}, run: {} } });
  expect((await everything(client)).map(({ id }) => id)).toContain('stand-in-mini');
  expect(await client.models.retrieve('stand-in-mini')).toMatchObject({ owned_by: 'simulator' });
});

test('one is shown by its name, an old id, and the name of its connection', async () => {
  const { client, url, promote } = await front();
  await promote({ modelId: 'ft:old' });
  await promote({});
  for (const id of ['support-intents', 'ft:old']) {
    expect(await client.models.retrieve(id)).toMatchObject({ id, owned_by: 'tunewright' });
  }
  expect(await client.models.retrieve('simulator/stand-in-mini')).toMatchObject({ owned_by: 'simulator' });
  // As the Python client asks.
  const headers = { authorization: `Bearer ${client.apiKey}` };
  expect((await fetch(`${url}/models/simulator/stand-in-mini`, { headers })).status).toBe(200);
  for (const id of ['gpt-none', 'simulator/gpt-none']) {
    await expect(client.models.retrieve(id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  }
});

test('what the gateway does not have is said so', async () => {
  const { client } = await front();
  const refused = await client.images.generate({ prompt: 'a cat' }).catch((error) => error);
  expect(refused).toBeInstanceOf(OpenAI.NotFoundError);
  expect(refused).toMatchObject({ code: 'unknown_url' });
});
