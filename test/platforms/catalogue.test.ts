import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TunewrightError } from '../../src/contract/errors.ts';
import { type CatalogueFile, overlay, platformEntrySchema, readCatalogueFile } from '../../src/platforms/catalogue.ts';
import { createPlatforms, standInConnection, standInKeyEnv } from '../../src/platforms/registry.ts';
import { temporaryFolder } from './support.ts';

const builtInFile = join(import.meta.dirname, '../../src/platforms/openai/catalogue.json');
const prices = { training: 1, input: 2, output: 3, checked: '2026-11-01', source: 'a test' };
const mine = {
  id: 'mine-1',
  aliases: ['mine'],
  methods: ['supervised'],
  encoding: 'o200k_base' as const,
  trainingContextTokens: 4_096,
  prices,
};

const openai = (catalogue?: CatalogueFile, settings: Record<string, unknown> = {}) =>
  createPlatforms({ openai: { platform: 'openai', ...settings } }, { env: { OPENAI_API_KEY: 'k' }, catalogue }).get(
    'openai',
  );

test('the built-in catalogue is sound: every name once, no job after the end, sources and dates given', async () => {
  const entry = platformEntrySchema.parse(JSON.parse(await readFile(builtInFile, 'utf8')));
  const names = entry.models.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(entry.models.length).toBeGreaterThan(0);
  for (const { id, lastJobDate, shutdownDate, prices } of entry.models) {
    expect({ id, inOrder: (lastJobDate ?? '') <= (shutdownDate ?? '') }).toEqual({ id, inOrder: true });
    expect(prices?.source ?? '').not.toBe('');
  }
  expect(entry.limits.partBytes).toBeLessThanOrEqual(entry.limits.fileBytes);
});

test.each([
  ['its id', 'gpt-4.1-mini-2025-04-14'],
  ['an alias', 'gpt-4.1-mini'],
  ['a model tuned from it', 'ft:gpt-4.1-mini-2025-04-14:my-org:intents:AbC123'],
  ['a checkpoint of such a model', 'ft:gpt-4.1-mini-2025-04-14:my-org::AbC123:ckpt-step-88'],
])('a model is known by %s', (_, name) => {
  expect(openai().catalogueEntry(name)).toMatchObject({ id: 'gpt-4.1-mini-2025-04-14', prices: { training: 5 } });
});

test.each(['gpt-nonsense', 'ft:gpt-nonsense:org::x', 'ft:', ''])('the catalogue knows nothing of "%s"', (name) => {
  expect(openai().catalogueEntry(name)).toBeUndefined();
});

test('changes of a user add models, replace them by id, and leave the rest', () => {
  const cheap = { ...mine, id: 'gpt-4.1-mini-2025-04-14', aliases: ['gpt-4.1-mini'] };
  const platform = openai({ openai: { limits: { minimumExamples: 50 }, models: [mine, cheap] } });
  expect(platform.catalogueEntry('mine')).toEqual(mine);
  expect(platform.catalogueEntry('gpt-4.1-mini')).toEqual(cheap);
  expect(platform.catalogueEntry('gpt-4.1')).toMatchObject({ prices: { training: 25 } });
  expect(platform.minimumExamples).toBe(50);
});

test("a user's model may take over an alias of a built-in one", () => {
  const platform = openai({ openai: { models: [{ ...mine, aliases: ['gpt-4.1'] }] } });
  expect(platform.catalogueEntry('gpt-4.1')?.id).toBe('mine-1');
});

test('what a connection says goes before what the user says of the platform', () => {
  const user = { openai: { limits: { minimumExamples: 50, partBytes: 5 } } };
  expect(openai(user, { catalogue: { limits: { minimumExamples: 3 } } }).minimumExamples).toBe(3);
});

test('an overlay keeps the limits that it does not name', () => {
  const limits = { fileBytes: 1, uploadBytes: 2, partBytes: 3, parallelParts: 4, minimumExamples: 5, jobsAtOnce: null };
  expect(overlay({ limits, models: [] }, { limits: { partBytes: 30 } })).toEqual({
    limits: { ...limits, partBytes: 30 },
    models: [],
  });
});

test('the stand-in connection is valid and simulated, and its model has a price', () => {
  const connections = { simulator: standInConnection('http://127.0.0.1:9/v1') };
  const platform = createPlatforms(connections, { env: { [standInKeyEnv]: 'k' } }).get('simulator');
  expect(platform.simulated).toBe(true);
  expect(platform.catalogueEntry('stand-in-mini')).toMatchObject({ prices: { training: 5 } });
  expect(platform.catalogueEntry('stand-in-mini')).not.toHaveProperty('shutdownDate');
});

async function read(content: string): Promise<{ path: string; outcome: unknown }> {
  const path = join(await temporaryFolder(), 'catalogue.json');
  await writeFile(path, content);
  try {
    return { path, outcome: readCatalogueFile(path) };
  } catch (outcome) {
    return { path, outcome };
  }
}

test('a file of a user is read, with what it leaves out', async () => {
  const { aliases: _, ...bare } = mine;
  const { outcome } = await read(JSON.stringify({ openai: { models: [bare] } }));
  expect(outcome).toEqual({ openai: { models: [{ ...mine, aliases: [] }] } });
});

const advice = 'Point TUNEWRIGHT_CATALOGUE at a JSON file of the shape in docs/catalogue.md.';

test.each([
  ['a negative price', { prices: { ...prices, training: -1 } }, 'openai.models.0.prices.training'],
  ['a date that is none', { shutdownDate: '2027-02-30' }, 'openai.models.0.shutdownDate'],
  ['a field that is misspelt', { pricess: 1 }, 'pricess'],
])('a file with %s is not valid, and says where', async (_, change, where) => {
  const { path, outcome } = await read(JSON.stringify({ openai: { models: [{ ...mine, ...change }] } }));
  expect(outcome).toMatchObject({
    code: 'invalid_config',
    message: expect.stringMatching(`^The catalogue ${path} is not valid:\n.*${where}`),
    advice,
  });
});

test('a file that is no JSON, or not there, cannot be read', async () => {
  const { path, outcome } = await read('{"openai":');
  expect(outcome).toMatchObject({ code: 'invalid_config', message: `The catalogue ${path} cannot be read.`, advice });
  expect(() => readCatalogueFile(`${path}.none`)).toThrow(TunewrightError);
});
