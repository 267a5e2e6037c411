import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type TunewrightClient } from '../../src/client.ts';
import { searchAttributeTypes } from '../../src/contract/search-attributes.ts';
import { findBinary } from '../../src/embedded/binary.ts';
import { startDevServer } from '../../src/embedded/dev-server.ts';
import { temporalCli } from '../../src/embedded/pinned.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { say } from './output.ts';
import { writeParts } from './sample.ts';
import { startWorkerProcess, type WorkerEntry, type WorkerProcess } from './worker-process.ts';

/** Temporal as a process of its own, a simulated platform in this one, and the sample data set in a folder. */
export interface World {
  folder: string;
  address: string;
  simulator: Simulator;
  client: TunewrightClient;
  /** Starts a worker as a process of its own and waits until it polls. */
  startWorker(entry: WorkerEntry, platformUrl?: string): Promise<WorkerProcess>;
  close(): Promise<void>;
}

export async function openWorld(settings: Omit<SimulatorOptions, 'dataDir'> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    await writeParts(folder);
    const simulator = await startSimulator({ dataDir: join(folder, 'simulator'), ...settings });
    closing.push(simulator.close);
    const { address, stop } = await startDevServer({
      binary: await findBinary(temporalCli, { note: say }),
      dbFile: join(folder, 'temporal.db'),
      headless: true,
      searchAttributes: searchAttributeTypes,
      logFile: join(folder, 'temporal.log'),
    });
    closing.push(stop);
    const client = await createClient({ address });
    closing.push(client.close);
    return {
      folder,
      address,
      simulator,
      client,
      async startWorker(entry, platformUrl = simulator.url) {
        const worker = await startWorkerProcess({ entry, folder, address, platformUrl });
        closing.push(worker.stop);
        return worker;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
