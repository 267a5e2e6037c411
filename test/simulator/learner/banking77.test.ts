import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadModel, startTraining } from '../../../src/simulator/learner/index.ts';
import { accuracy, collect, finished, folder, type Pair, remove, requestIn, writeChat } from './support.ts';

const shared = process.env.TUNEWRIGHT_SHARED ?? resolve(import.meta.dirname, '../../../../shared');
const data = join(shared, 'data', 'banking77');

/** `text,category`, the text quoted where it holds commas, quotes or line breaks; without the heading. */
async function readPairs(file: string): Promise<Pair[]> {
  const text = await readFile(file, 'utf8');
  const rows = text.matchAll(/^(?:"((?:[^"]|"")*)"|([^",\n]*)),(\w+\??)\r?$/gm);
  return [...rows]
    .slice(1)
    .map(([, quoted, plain, label]) => [quoted?.replaceAll('""', '"') ?? plain ?? '', label ?? '']);
}

const present = existsSync(join(data, 'train.csv'));
const withData = present ? test : test.skip;

withData(`Banking77: 3 epochs lift the base well${present ? '' : ` (skipped: no data in ${data})`}`, async () => {
  const [training, testing] = [await readPairs(join(data, 'train.csv')), await readPairs(join(data, 'test.csv'))];
  expect([training.length, testing.length]).toEqual([10_003, 3_080]);
  const labels = [...new Set(training.map(([, label]) => label))];
  const system = `Sort the customer's question. Answer with one of these labels:\n${labels.join('\n')}`;
  const dir = await folder();
  try {
    const trainFile = await writeChat(join(dir, 'train.jsonl'), training, system);
    const hyperparameters = { nEpochs: 3, batchSize: 20, learningRateMultiplier: 1, seed: 1 };
    const { events } = startTraining(requestIn(dir, trainFile, { hyperparameters }));
    const { file } = finished(await collect(events));
    const { model } = await loadModel(file);
    expect(accuracy(model, testing, system)).toBeGreaterThanOrEqual(0.85);
    const some = testing.filter((_, at) => at % 5 === 0);
    const base = accuracy(undefined, some, system);
    expect(base).toBeGreaterThan(0.15);
    expect(base).toBeLessThan(0.6);
  } finally {
    await remove(dir);
  }
});
