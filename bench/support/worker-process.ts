import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { defaultTaskQueue } from '../../src/contract/messages.ts';
import { runServer } from '../../src/embedded/server-process.ts';
import type { PlatformEntry } from '../../src/platforms/catalogue.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { residentBytes } from './usage.ts';

/** The worker as it is built, with its workflows bundled, or as sources, which it bundles when it starts. */
export type WorkerEntry = 'built' | 'sources';

export interface WorkerProcess {
  pid: number;
  /** From the start of the process until it asked for workflow tasks and for activity tasks. */
  startMs: number;
  /** Rejects when the worker ends before it is stopped; never resolves. */
  died: Promise<never>;
  /** Resident memory now, in bytes. */
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
  /** SIGKILL; resolves once it has ended. */
  kill(): Promise<void>;
}

/** What a worker is told beside what every worker of a world is. */
export interface WorkerSettings {
  /** Of the connection `simulator`. */
  platformUrl?: string;
  /** Further connections to the same platform. */
  connections?: Readonly<Record<string, OwnSettings>>;
}

/** What a further connection has of its own. */
interface OwnSettings {
  headers?: Record<string, string>;
  limits?: Partial<PlatformEntry['limits']>;
}

interface WorkerProcessOptions extends WorkerSettings {
  entry: WorkerEntry;
  folder: string;
  /** Of Temporal. */
  address: string;
  platformUrl: string;
}

const startLimitMs = 60_000;
const entries: Readonly<Record<WorkerEntry, string>> = {
  built: fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)),
  sources: fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)),
};

/** Starts a worker and resolves once it polls. Throws where nothing was built, or when it dies or takes too long. */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { entry, folder, address } = options;
  if (!existsSync(entries[entry])) throw new Error(`There is no ${entries[entry]}: run \`npm run build\` first.`);
  await writeFile(configOf(folder), JSON.stringify({ connections: connectionsOf(options) }));
  const env = environmentOf(folder, address);
  const connection = await Connection.connect({ address });
  const begun = performance.now();
  const args = ['--disable-warning=ExperimentalWarning', entries[entry], 'worker'];
  const worker = await runServer(process.execPath, args, join(folder, 'worker.log'), env);
  const died = worker.ended.then(async (how) => {
    throw new Error(`The worker ${how}. Its log ends with:\n${await worker.logTail()}`);
  });
  // Whoever waits for it hears of it; when nobody does, as after a stop, it is no unhandled rejection.
  died.catch(() => {});
  try {
    await Promise.race([untilPolling(connection, worker.pid), died]);
  } catch (error) {
    await worker.kill();
    throw error;
  } finally {
    await connection.close();
  }
  return {
    pid: worker.pid,
    startMs: performance.now() - begun,
    died,
    residentBytes: () => residentBytes(worker.pid),
    stop: worker.stop,
    kill: worker.kill,
  };
}

/** Of every process of tunewright that is started over the state in that folder. */
export function environmentOf(folder: string, address: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TUNEWRIGHT_HOME: folder,
    TUNEWRIGHT_DATA: folder,
    TUNEWRIGHT_CONFIG: configOf(folder),
    TUNEWRIGHT_LOG_LEVEL: 'warn',
  };
}

const configOf = (folder: string) => join(folder, 'tunewright.json');

function connectionsOf({ platformUrl, connections = {} }: WorkerProcessOptions): Record<string, object> {
  const simulator = standInConnection(platformUrl);
  const others = Object.entries(connections).map(([name, { headers, limits }]) => {
    return [name, { ...simulator, headers, catalogue: { ...simulator.catalogue, limits } }] as const;
  });
  return { simulator, ...Object.fromEntries(others) };
}

/** The SDK's workers name themselves `PID@HOST`: those that have ended stay listed for minutes. */
async function untilPolling({ workflowService }: Connection, pid: number): Promise<void> {
  const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;
  const limit = Date.now() + startLimitMs;
  for (const taskQueueType of [TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY]) {
    for (;;) {
      const taskQueue = { name: defaultTaskQueue };
      const { pollers } = await workflowService.describeTaskQueue({ namespace: 'default', taskQueue, taskQueueType });
      if (pollers?.some(({ identity }) => identity?.startsWith(`${pid}@`))) break;
      if (Date.now() > limit) throw new Error(`The worker did not poll within ${startLimitMs / 1000} s.`);
      await setTimeout(10);
    }
  }
}
