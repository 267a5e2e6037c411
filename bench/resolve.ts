import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRunConfig } from '../src/contract/config.ts';
import { createModels, type Models, type Serving } from '../src/models/index.ts';
import { openRecords, type Records } from '../src/records/index.ts';
import { type Figure, median } from './support/figure.ts';

const name = 'support-intents';
const calls = 100_000;
const rounds = 5;
const asked = 500;
const changes = 7;

/** What it costs a service to ask which model is in service: from memory, and from the records as a baseline. */
export async function resolve(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-resolve-'));
  const location = join(folder, 'records.sqlite');
  const records = await openRecords(location);
  const models = createModels({ records: location });
  try {
    await twoVersions(records);
    const alone = await microseconds(calls, async () => await models.resolve(name));
    const read = await microseconds(asked, async () => await records.resolve(name));
    const seen = await untilSeen(records, models);
    await records.setCanary({ ...act(), version: 2, share: 0.1 });
    while (!(await changed(models))?.canary);
    let key = 0;
    const keyed = await microseconds(calls, async () => await models.resolve(name, { key: `customer-${key++}` }));
    return [
      { ...figure('resolve from memory', alone), baseline: `${read.toFixed(0)} µs from SQLite` },
      figure('resolve from memory during a canary, each call with another key', keyed),
      { what: `a promotion is seen by a service, median of ${changes}`, measured: `${seen.toFixed(0)} ms` },
    ];
  } finally {
    await models.close();
    await records.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function figure(what: string, microseconds: number): Figure {
  const measured = `${microseconds.toFixed(2)} µs`;
  return { what: `${what}, median of ${rounds}`, measured, reach: { bound: '<= 50 µs', kept: microseconds <= 50 } };
}

/** One call after another: the mean of a round, the median of all rounds. */
async function microseconds(count: number, call: () => Promise<unknown>): Promise<number> {
  const means: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    for (let done = 0; done < count; done++) await call();
    means.push(((performance.now() - begun) * 1000) / count);
  }
  return median(means);
}

async function untilSeen(records: Records, models: Models): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < changes; number++) {
    const seen = changed(models);
    const begun = performance.now();
    await records.promote({ ...act(), version: 2 - (number % 2) });
    await seen;
    times.push(performance.now() - begun);
  }
  // What is measured after this has version 1 in service, and version 2 beside it.
  await records.promote({ ...act(), version: 1 });
  return median(times);
}

/** The next change that is told. */
function changed(models: Models): Promise<Serving | undefined> {
  return new Promise((resolve) => {
    const stop = models.onChange(name, (serving) => {
      stop();
      resolve(serving);
    });
  });
}

let requests = 0;

function act(): { model: string; by: string; requestId: string } {
  return { model: name, by: 'bench', requestId: `request-${++requests}` };
}

async function twoVersions(records: Records): Promise<void> {
  const config = parseRunConfig({ model: 'stand-in-mini', data: { train: 'data.jsonl' }, budgetUsd: 1 });
  for (const run of [1, 2]) {
    await records.registerVersion({
      model: name,
      runKey: `run-${run}`,
      by: 'bench',
      connection: 'simulator',
      platform: 'openai',
      modelId: `ft:stand-in-mini:${run}`,
      baseModel: 'stand-in-mini',
      lineage: { run: `run-${run}`, data: { train: 'a'.repeat(64) }, config, cost: { simulated: true } },
    });
  }
  await records.promote({ ...act(), version: 1 });
}
