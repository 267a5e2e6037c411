import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import OpenAI, { toFile } from 'openai';
import type { AdoptionResult } from '../src/contract/adoption.ts';
import { type Figure, seconds } from './support/figure.ts';
import { say } from './support/output.ts';
import type { SimulatorProcess } from './support/simulator-process.ts';
import { openWorldApart, type World } from './support/world.ts';

const files = 500;
const jobs = 1_000;
/** Jobs of one suffix: versions of one registered model. */
const versions = 4;
const callsPerMinute = 1_500;
const examples = 12;
const atOnce = 8;
const reachOfFloor = 1.25;
const mebibyte = 1024 * 1024;

type ApartWorld = World<SimulatorProcess>;

interface Measured {
  ms: number;
  requests: number;
  result: AdoptionResult;
  /** Events and bytes of the longest history. */
  events: number;
  bytes: number;
}

/** An account of 1,000 jobs on 500 files, adopted under a rate limit, and again when nothing has changed. */
export async function adopt(): Promise<Figure[]> {
  const world = await openWorldApart();
  try {
    await world.simulator.set({ trainingSeconds: 0, maxRunningJobs: jobs });
    await fill(world);
    const before = (await world.simulator.ledger()).totals;
    const looking = await world.startWorker('built');
    // It reads what an adoption reads: so many requests are needed, and so long they take without a limit.
    const dry = await measured(world, true);
    await looking.stop();
    const worker = await world.startWorker('built');
    await world.simulator.set({ callsPerMinute });
    const first = await measured(world);
    const memory = await worker.residentBytes();
    // As many as a minute allows are let through at once.
    const floorMs = (Math.max(0, dry.requests - callsPerMinute) * 60_000) / callsPerMinute;
    await world.simulator.set({ callsPerMinute: 0 });
    const again = await measured(world);
    const untouched = JSON.stringify((await world.simulator.ledger()).totals) === JSON.stringify(before);
    const { adopted, names } = first.result;
    return [
      {
        what: `adopt of ${jobs} jobs on ${files} files, ${callsPerMinute} requests a minute`,
        measured: seconds(first.ms),
        reach: { bound: `<= ${reachOfFloor} times the floor`, kept: first.ms <= reachOfFloor * floorMs },
        baseline: `${seconds(floorMs)}, the limit's own floor for ${dry.requests} requests`,
      },
      {
        what: 'the same reading without a limit (dry run)',
        measured: seconds(dry.ms),
      },
      {
        what: 'requests under the limit, refused ones among them',
        measured: String(first.requests),
        baseline: `${dry.requests} without a limit`,
      },
      {
        what: 'versions registered, under so many names',
        measured: `${adopted}, ${names}`,
        reach: { bound: `${jobs}, ${jobs / versions}`, kept: adopted === jobs && names === jobs / versions },
      },
      {
        what: 'created, deleted or asked at the platform',
        measured: untouched ? 'nothing' : 'something',
        reach: { bound: 'nothing', kept: untouched },
      },
      {
        what: 'history of the last execution',
        measured: `${first.events} events, ${Math.round(first.bytes / 1024)} KiB`,
      },
      { what: "the worker's memory after it", measured: `${Math.round(memory / mebibyte)} MiB` },
      {
        what: 'adopt again, nothing having changed',
        measured: `${seconds(again.ms)}, ${again.requests} requests`,
        reach: { bound: 'nothing registered', kept: again.result.adopted + again.result.fuller === 0 },
        baseline: `${seconds(dry.ms)}, ${dry.requests} requests the first time`,
      },
    ];
  } finally {
    await world.close();
  }
}

/** By the official client, as somebody's scripts would have done it. */
async function fill({ folder, simulator }: ApartWorld): Promise<void> {
  const begun = Date.now();
  const client = new OpenAI({ apiKey: 'somebody', baseURL: simulator.url, maxRetries: 0 });
  const lines = (await readFile(join(folder, 'train.jsonl'), 'utf8')).trimEnd().split('\n');
  const ids: string[] = [];
  await inParallel(files, async (i) => {
    const own = Array.from({ length: examples }, (_, at) => lines[(i + at * 7) % lines.length]);
    const file = await toFile(Buffer.from(`${own.join('\n')}\n`), `training-${i}.jsonl`);
    ids[i] = (await client.files.create({ file, purpose: 'fine-tune' })).id;
  });
  await inParallel(jobs, async (i) => {
    await client.fineTuning.jobs.create({
      model: 'stand-in-mini',
      training_file: ids[i % files] as string,
      suffix: `support ${Math.floor(i / versions)}`,
      seed: i,
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 1 } } },
    });
  });
  for (;;) {
    let left = 0;
    for await (const { status } of client.fineTuning.jobs.list({ limit: 100 })) left += Number(status !== 'succeeded');
    if (left === 0) break;
    await setTimeout(1_000);
  }
  say(`${jobs} jobs on ${files} files were made in ${seconds(Date.now() - begun)}`);
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function measured({ client, simulator, address }: ApartWorld, dryRun = false): Promise<Measured> {
  const id = `requests-${Date.now()}`;
  // A rule that changes nothing counts what was let through or refused.
  await simulator.addFault({ kind: 'delay', ms: 0, id, path: '/v1/**', times: -1 });
  const begun = Date.now();
  const adoption = await client.adopt({ connection: 'simulator', budgetUsd: 0, dryRun, by: 'bench' });
  const result = await adoption.result();
  const ms = Date.now() - begun;
  const requests = (await simulator.faults()).find((rule) => rule.id === id)?.seen ?? 0;
  const connection = await Connection.connect({ address });
  try {
    const { raw } = await new Client({ connection }).workflow.getHandle(adoption.name).describe();
    const { historyLength, historySizeBytes } = raw.workflowExecutionInfo ?? {};
    return { ms, requests, result, events: Number(historyLength), bytes: Number(historySizeBytes) };
  } finally {
    await connection.close();
  }
}
