import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { gathering } from '../../src/activities/migrate/material.ts';
import { folderStore } from '../../src/artifacts/index.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import type { ModelVersion } from '../../src/contract/registry.ts';
import type { ModelEntry } from '../../src/platforms/catalogue.ts';
import { newVersion } from '../records/support/samples.ts';
import { smallDataSet } from '../support/pipeline.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-material-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const base: ModelEntry = {
  id: 'a',
  aliases: [],
  methods: ['supervised'],
  encoding: 'o200k_base',
  trainingContextTokens: 65_536,
};

test('data are gathered once, and read once for all bases that look at them alike', async () => {
  const train = join(folder, 'train.jsonl');
  await writeFile(train, smallDataSet());
  const config = parseRunConfig({ connection: 'simulator', model: 'a', data: { train }, budgetUsd: 1 });
  const lineage = { run: 'a', data: { train: 'a'.repeat(64) }, config, cost: { simulated: true } };
  const version = newVersion(1, { lineage }) as unknown as ModelVersion;
  const store = folderStore(join(folder, 'artifacts'));
  const done: string[] = [];
  const watched = {
    ...store,
    putFile: async (...args: Parameters<typeof store.putFile>) => {
      done.push('gathered');
      return await store.putFile(...args);
    },
    path: async (...args: Parameters<typeof store.path>) => {
      done.push('read');
      return await store.path(...args);
    },
  };
  const materialFor = gathering({ store: watched, dataDirectory: folder } as unknown as Dependencies, {
    ...{ version, request: { model: 'm', connection: 'target', baseModel: 'a', margin: 0.1 } },
    ...{ minimumExamples: 10, signal: new AbortController().signal },
  });

  const first = await materialFor(base);
  const all = done.splice(0);
  expect(all.filter((what) => what === 'gathered')).toHaveLength(1);
  // The whole, to be divided, what is learnt of it, and what is held out.
  expect(all.filter((what) => what === 'read')).toHaveLength(4);
  expect(await materialFor({ ...base, id: 'b' })).toEqual(first);
  expect(done).toEqual([]);

  const other = await materialFor({ ...base, id: 'c', trainingContextTokens: 8 });
  expect(other.train?.problems).toContainEqual(expect.objectContaining({ code: 'example_too_long' }));
  expect(other.heritage).toBe(first.heritage);
  expect(done).toEqual(['read', 'read', 'read']);
});
