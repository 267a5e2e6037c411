import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { searchAttributes } from '../src/contract/search-attributes.ts';
import type { Figure } from './support/figure.ts';
import { say } from './support/output.ts';
import { sampleRun } from './support/sample.ts';
import { openWorld, type World } from './support/world.ts';

const waitingRuns = 500;
const startedAtOnce = 25;
const pollSeconds = 3600;
const reachMiB = 1024;
const limitMs = 8 * 60_000;
/** After the last run has come to wait, so that what is about to be freed is freed. */
const settleMs = 5_000;
const mebibyte = 1024 * 1024;

/** Resident memory of a worker that idles, and of one that has 500 runs whose jobs train. */
export async function memory(): Promise<Figure[]> {
  // No job is begun: all runs come to wait, none is done.
  const world = await openWorld({ maxRunningJobs: 0 });
  try {
    const worker = await world.startWorker('built');
    await setTimeout(settleMs);
    const idle = await worker.residentBytes();
    await startRuns(world);
    const takenMs = await Promise.race([untilAllWait(world), worker.died]);
    say(`${waitingRuns} runs came to wait within ${Math.round(takenMs / 1000)} s`);
    await setTimeout(settleMs);
    const waiting = await worker.residentBytes();
    return [
      {
        what: `memory of a worker with ${waitingRuns} waiting runs`,
        measured: mebibytes(waiting),
        reach: { bound: `<= ${reachMiB} MiB`, kept: waiting <= reachMiB * mebibyte },
        baseline: `${mebibytes(idle)} idle`,
      },
    ];
  } finally {
    await world.close();
  }
}

async function startRuns({ client }: World): Promise<void> {
  for (let i = 0; i < waitingRuns; i += startedAtOnce) {
    const names = Array.from({ length: startedAtOnce }, (_, at) => `waiting-${i + at}`);
    await Promise.all(names.map((name) => client.start(sampleRun(pollSeconds), { name })));
  }
}

/** Answers how long it took. */
async function untilAllWait({ address }: World): Promise<number> {
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection });
    const begun = Date.now();
    for (;;) {
      const { count } = await workflow.count(`${searchAttributes.stage.name} = "train"`);
      if (count === waitingRuns) return Date.now() - begun;
      if (Date.now() - begun > limitMs) throw new Error(`After ${limitMs / 1000} s only ${count} runs wait.`);
      await setTimeout(500);
    }
  } finally {
    await connection.close();
  }
}

const mebibytes = (bytes: number) => `${Math.round(bytes / mebibyte)} MiB`;
