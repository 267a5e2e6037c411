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
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';
import { startWorkerProcess, type WorkerEntry, type WorkerProcess, type WorkerSettings } from './worker-process.ts';

/** Temporal as a process of its own, a simulated platform, and the sample data set in a folder. */
export interface World<Platform extends PlatformServer = Simulator> {
  folder: string;
  address: string;
  /** Of Temporal. */
  pid: number;
  simulator: Platform;
  client: TunewrightClient;
  /** Starts a worker as a process of its own and waits until it polls. */
  startWorker(entry: WorkerEntry, settings?: WorkerSettings): Promise<WorkerProcess>;
  close(): Promise<void>;
}

interface PlatformServer {
  url: string;
  close(): Promise<void>;
}

/** With the platform in this process. */
export async function openWorld(settings: Omit<SimulatorOptions, 'dataDir'> = {}): Promise<World> {
  return await open(async (dataDir) => await startSimulator({ dataDir, ...settings }));
}

/** With the platform as a process of its own. */
export async function openWorldApart(): Promise<World<SimulatorProcess>> {
  return await open(startSimulatorProcess);
}

async function open<Platform extends PlatformServer>(
  startPlatform: (dataDir: string) => Promise<Platform>,
): Promise<World<Platform>> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    await writeParts(folder);
    const simulator = await startPlatform(join(folder, 'simulator'));
    closing.push(simulator.close);
    const { address, pid, stop } = await startDevServer({
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
      pid,
      simulator,
      client,
      async startWorker(entry, settings = {}) {
        const worker = await startWorkerProcess({ entry, folder, address, platformUrl: simulator.url, ...settings });
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
