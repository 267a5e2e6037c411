import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { defaultTaskQueue } from '../../src/contract/messages.ts';
import { runServer } from '../../src/embedded/server-process.ts';
import { standInConnection } from '../../src/platforms/registry.ts';

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
}

export interface WorkerProcessOptions {
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
  const { entry, folder, address, platformUrl } = options;
  if (!existsSync(entries[entry])) throw new Error(`There is no ${entries[entry]}: run \`npm run build\` first.`);
  const config = join(folder, 'tunewright.json');
  await writeFile(config, JSON.stringify({ connections: { simulator: standInConnection(platformUrl) } }));
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TUNEWRIGHT_HOME: folder,
    TUNEWRIGHT_DATA: folder,
    TUNEWRIGHT_CONFIG: config,
    TUNEWRIGHT_LOG_LEVEL: 'warn',
  };
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
  };
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

/** What the kernel says, where it says it under /proc. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
