import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownAnswers } from '../../src/activities/answers.ts';
import { type BatchInput, keyPrefix, writeParts } from '../../src/activities/batch/parts.ts';
import { type ArtifactStore, folderStore } from '../../src/artifacts/index.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import { type Connections, createPlatforms, standInConnection, standInKeyEnv } from '../../src/platforms/registry.ts';

let folder: string;
let store: ArtifactStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-parts-'));
  store = folderStore(folder);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const { evaluation } = parseRunConfig({ model: 'stand-in-mini', data: { train: 'data.jsonl' }, budgetUsd: 1 });
/** Eleven questions, the last like the first. */
const questions = [...Array(10).keys(), 0].map((number) => `Where is parcel ${number}?`);

async function inputOf(changes: Partial<BatchInput> = {}): Promise<BatchInput> {
  const lines = questions.map((content) => ({
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: 'shipping' },
    ],
  }));
  const file = await store.put(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return {
    connection: 'simulator',
    model: 'stand-in-mini',
    method: 'supervised',
    test: { ...file, examples: lines.length },
    evaluation,
    seed: 1,
    key: 'tunewright-1-base',
    runName: 'small',
    since: 0,
    pollSeconds: 1,
    ...changes,
  };
}

function knowing(keys: readonly string[]): KnownAnswers {
  const answer = { text: 'shipping', inputTokens: 1, outputTokens: 1 };
  return { find: async (key) => (keys.includes(key) ? answer : undefined), add() {}, keep: async () => {} };
}

/** The ids of the questions of each part, by its key. */
async function partsOf(limits: object, known: readonly string[] = [], changes: Partial<BatchInput> = {}) {
  const usual = standInConnection('http://127.0.0.1:1/v1');
  const few = { priceShare: 0.5, mostRequests: 4, mostBytes: 1_000_000, checked: '2026-11-28', source: 'a test' };
  const catalogue = { ...usual.catalogue, batches: { ...few, ...limits } };
  const connections: Connections = { simulator: { ...usual, catalogue } };
  const { batches } = createPlatforms(connections, { env: { [standInKeyEnv]: 'any' } }).get('simulator');
  if (!batches) throw new Error('this connection has no batches');
  const parts = await writeParts(store, batches, knowing(known), await inputOf(changes));
  return await Promise.all(
    parts.map(async ({ key, file, questions: count }) => {
      const lines = (await store.readText(file)).split('\n').filter((line) => line !== '');
      expect(lines).toHaveLength(count);
      return {
        key,
        bytes: file.bytes,
        ids: lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id),
      };
    }),
  );
}

test('a part has as many questions as a batch takes, and none twice', async () => {
  const parts = await partsOf({});
  const prefix = keyPrefix(await inputOf());
  expect(prefix).toMatch(/^tunewright-1-base-batch-[0-9a-f]{16}-$/);
  expect(parts.map(({ key, ids }) => [key, ids.length])).toEqual([
    [`${prefix}0`, 4],
    [`${prefix}1`, 4],
    [`${prefix}2`, 2],
  ]);
  expect(new Set(parts.flatMap(({ ids }) => ids)).size).toBe(10);
});

test('and no more bytes, but for a question that alone has more', async () => {
  const [first] = await partsOf({ mostRequests: 2 });
  const two = first?.bytes ?? 0;
  const parts = await partsOf({ mostBytes: two });
  expect(parts.map(({ ids }) => ids.length)).toEqual([2, 2, 2, 2, 2, 0]);
  expect((await partsOf({ mostBytes: 10 })).every(({ ids }) => ids.length <= 1)).toBe(true);
});

test('what is known is left out, and the other questions stay in their parts', async () => {
  const before = await partsOf({});
  const known = before[0]?.ids ?? [];
  const after = await partsOf({}, known);
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  expect(after.map(({ ids }) => ids)).toEqual([[], before[1]?.ids, before[2]?.ids]);
});

test.each<[string, Partial<BatchInput>]>([
  ['another model', { model: 'stand-in-judge' }],
  ['another seed', { seed: 2 }],
  ['another number of examples', { evaluation: { ...evaluation, maxExamples: 5 } }],
  ['another limit of answers', { evaluation: { ...evaluation, maxOutputTokens: 5 } }],
])('%s is another key', async (_, changes) => {
  expect(keyPrefix(await inputOf(changes))).not.toBe(keyPrefix(await inputOf()));
});
