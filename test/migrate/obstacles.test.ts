import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRunConfig, type RunConfigInput } from '../../src/contract/config.ts';
import type { MigrationPlan, MigrationRequest } from '../../src/contract/migration.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { newVersion } from '../records/support/samples.ts';
import { contraryPairs, type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';

// Models that runs have made, and what keeps them from being carried to bases of all kinds.

let at: Pipeline;
let records: Records;

beforeAll(async () => {
  const { catalogue, ...connection } = standInConnection('http://127.0.0.1:9/v1');
  const [mini] = catalogue.models;
  const models = [
    { ...mini, id: 'plain', aliases: [], methods: ['supervised'], without: ['images', 'tools'] },
    { ...mini, id: 'narrow', aliases: [], trainingContextTokens: 8 },
    { ...mini, id: 'older', aliases: [], encoding: 'cl100k_base' },
    { ...mini, id: 'over', aliases: [], lastJobDate: '2020-01-01' },
  ];
  at = await pipeline({}, {}, undefined, [], {
    target: { ...connection, catalogue: { ...catalogue, models } },
    own: { platform: 'huggingface', storage: tmpdir() },
  });
  records = await openRecords(at.settings.records);
});
afterAll(async () => {
  await records.close();
  await at.close();
});

/** What it comes to, to carry a model over whose run learnt from these lines; they lie in a file of that name. */
async function plan(
  baseModel: string,
  lines: string,
  changes: Partial<RunConfigInput> = {},
  asked: Partial<MigrationRequest> = {},
): Promise<MigrationPlan & { file: string }> {
  const model = unique('m').slice(0, 12);
  const file = join(at.folder, `${model}.jsonl`);
  await writeFile(file, lines);
  const config = parseRunConfig({ ...at.config({ data: { train: file } }), ...changes });
  const lineage = { run: model, data: { train: 'a'.repeat(64) }, config, cost: { simulated: true } };
  const where = { connection: 'simulator', modelId: 'stand-in-mini', baseModel: 'stand-in-mini' };
  await records.registerVersion(newVersion(1, { model, runKey: model, ...where, lineage }));
  await records.promote({ model, version: 1, by: 'kim', requestId: model });
  const request = { ...{ model, connection: 'target', baseModel, margin: 0.5 }, ...asked };
  return { file, ...(await at.client.planMigration(request)) };
}

const user = (content: unknown) => ({ role: 'user', content });
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
const tool = { type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } };
const call = { id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } };
const lines = (example: object) => `${JSON.stringify(example)}\n`;
const withImages = lines({ messages: [user([image]), { role: 'assistant', content: 'a cat' }] });
const withTools = lines({ messages: [user('find it'), { role: 'assistant', tool_calls: [call] }], tools: [tool] });

test.each([
  ['images', withImages, 'plain at target is not trained on images, which the training data have.'],
  ['tools', withTools, 'plain at target is not trained on tools, which the training data have.'],
])('data with %s, of a base that is not trained on them', async (code, more, message) => {
  const { obstacles, config } = await plan('plain', smallDataSet() + more);
  expect(obstacles).toMatchObject([{ code, message, advice: expect.stringContaining('--to') }]);
  expect(config).toBeUndefined();
  // Nothing else is wrong with them.
  expect((await plan('narrow', smallDataSet() + more)).obstacles).toEqual([]);
});

test('preference pairs, of a base that learns from answers alone', async () => {
  const { obstacles } = await plan('plain', contraryPairs(), { method: 'dpo' });
  expect(obstacles).toMatchObject([
    { code: 'method', message: expect.stringContaining('learns from preference pairs') },
  ]);
});

test('data that are gone: their questions can be answered by the old model while it lives', async () => {
  const { file, model, obstacles } = await plan('older', smallDataSet());
  expect(obstacles).toEqual([]);
  await rm(file);
  const again = await at.client.planMigration({ model, connection: 'target', baseModel: 'older', margin: 0.5 });
  expect(again.obstacles).toMatchObject([
    { code: 'data_gone', message: expect.stringContaining(file), advice: expect.stringContaining('--distil FILE') },
  ]);
});

test('too few examples, and a base for which no job can be created', async () => {
  const { obstacles } = await plan('over', smallDataSet().split('\n').slice(0, 5).join('\n'));
  expect(obstacles.map(({ code }) => code)).toEqual(['dead_end', 'data']);
});

test('a context that is too short, tokens that are cut differently and a sample that is too small are told', async () => {
  const narrow = await plan('narrow', smallDataSet());
  expect(narrow.notes).toContainEqual(expect.stringMatching(/^The new base trains on 8 tokens\..*\(\d+ times/));
  const older = await plan('older', smallDataSet(), {}, { margin: 0.02 });
  expect(older.notes).toContainEqual(
    expect.stringMatching(/^Tokens are cut differently \(cl100k_base in place of o200k/),
  );
  expect(older.notes).toContainEqual(expect.stringMatching(/13 held-out examples show .* about [\d,]+ are needed/));
});

test('a model that a run has made is held to what that run had set aside', async () => {
  const { train, heldOut, estimateUsd, config } = await plan('older', smallDataSet());
  expect(train?.examples).toBe(45);
  expect(heldOut).toMatchObject({ examples: 13, seen: 0 });
  expect(estimateUsd).toBeGreaterThan(0);
  expect(config?.data.test).toMatch(/^artifact:/);
});

test('where models answer under deployments alone, it is told that callers need one, unless there will be', async () => {
  const own = { connection: 'own' };
  const told = expect.stringMatching(
    /^Models at own answer callers only under a deployment: .*`tunewright models serve m/,
  );
  expect((await plan('any', smallDataSet(), {}, own)).notes).toContainEqual(told);
  const served = { ...own, changes: { serve: {} } };
  expect((await plan('any', smallDataSet(), {}, served)).notes).not.toContainEqual(told);
  expect((await plan('older', smallDataSet())).notes).not.toContainEqual(told);
});
