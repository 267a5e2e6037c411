import { type Figure, median, seconds } from './support/figure.ts';
import type { WorkerEntry } from './support/worker-process.ts';
import { openWorld, type World } from './support/world.ts';

const repetitions = 5;
const reachMs = 2_000;

/** From the start of the worker's process until it polls: with the workflows bundled by the build, and without. */
export async function workerStart(): Promise<Figure[]> {
  const world = await openWorld();
  try {
    const builtMs = await startMs(world, 'built');
    const sourcesMs = await startMs(world, 'sources');
    return [
      {
        what: `start of a worker until it polls, median of ${repetitions}`,
        measured: seconds(builtMs),
        reach: { bound: `<= ${seconds(reachMs)}`, kept: builtMs <= reachMs },
        baseline: `${seconds(sourcesMs)} from the sources, without a bundle`,
      },
    ];
  } finally {
    await world.close();
  }
}

async function startMs(world: World, entry: WorkerEntry): Promise<number> {
  const starts: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const worker = await world.startWorker(entry);
    starts.push(worker.startMs);
    await worker.stop();
  }
  return median(starts);
}
