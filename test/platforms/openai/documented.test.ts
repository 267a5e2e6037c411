import { readFile } from 'node:fs/promises';
import { createPlatforms } from '../../../src/platforms/registry.ts';

test('the connections of the documents open, and say what the endpoints can do', async () => {
  const page = await readFile(new URL('../../../docs/endpoints.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json).connections);
  const connections = Object.assign({}, ...blocks);
  const platforms = createPlatforms(connections, { env: { NEBIUS_API_KEY: 'a-key', BEDROCK_API_KEY: 'a-key' } });
  expect(Object.keys(connections)).toEqual(['nebius', 'bedrock']);
  for (const name of Object.keys(connections)) {
    const { capabilities, batches } = platforms.get(name);
    expect({ pause: capabilities.pause, batches }).toEqual({ pause: false, batches: undefined });
  }
  expect(platforms.get('nebius').catalogueEntry('meta-llama/Meta-Llama-3.1-8B-Instruct-LoRa:mine-JuNN')).toMatchObject({
    id: 'meta-llama/Meta-Llama-3.1-8B-Instruct',
  });
  expect(platforms.get('bedrock').mostExamples?.reinforcement?.training).toBe(20_000);
});
