import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ActivityInterceptorsFactory, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { NamedFailures } from './activities/failures.ts';
import { createActivities } from './activities/index.ts';
import { folderStore } from './artifacts/index.ts';
import { unreachable } from './client/connect.ts';
import type { Settings } from './config.ts';
import { createLogger, installRuntime } from './logger.ts';
import { createPlatforms } from './platforms/registry.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

/** About 0.35 MiB each: a run that waits needs none of it, it is replayed from its short history when it wakes. */
const cachedWorkflows = 400;
/** Evaluations and uploads share the process: enough to keep many short looks going beside them. */
const activitiesAtOnce = 100;
const graceMs = 10_000;
/** Answers of which the server knows are not paid again after a kill; few beats are sent, so none is held back for long. */
const heartbeatThrottleMs = 100;

type WorkflowSource = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;

/** The bundle that the build made beside this file, or the sources when they are run directly. */
function workflowSource(): WorkflowSource {
  const codePath = fileURLToPath(new URL('./workflows.bundle.js', import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: fileURLToPath(new URL('./workflows/index.ts', import.meta.url)) };
}

/**
 * A worker on a connection that is already there; its caller runs and shuts it down.
 *
 * @param around sees every activity from outside, so with the failure that Temporal is told.
 */
export async function createWorker(
  settings: Settings,
  connection: NativeConnection,
  source: WorkflowSource = workflowSource(),
  around: ActivityInterceptorsFactory[] = [],
): Promise<Worker> {
  const unnamed = new Map<string, number>();
  return await Worker.create({
    connection,
    namespace: settings.temporal.namespace,
    taskQueue: settings.taskQueue,
    ...source,
    activities: createActivities({
      platforms: createPlatforms(settings.connections, { env: settings.env, catalogue: settings.catalogue }),
      store: folderStore(settings.artifacts),
      dataDirectory: settings.dataDirectory,
    }),
    interceptors: { activity: [...around, () => ({ inbound: new NamedFailures(unnamed) })] },
    maxCachedWorkflows: cachedWorkflows,
    maxConcurrentActivityTaskExecutions: activitiesAtOnce,
    shutdownGraceTime: graceMs,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    defaultHeartbeatThrottleInterval: heartbeatThrottleMs,
  });
}

/** Runs a worker until SIGINT or SIGTERM. Throws `temporal_unreachable`. */
export async function runWorker(settings: Settings): Promise<void> {
  const logger = createLogger(settings.logLevel);
  installRuntime(logger);
  const connection = await connectNative(settings);
  try {
    await ensureSearchAttributes(connection, settings.temporal.namespace);
    const worker = await createWorker(settings, connection);
    logger.info({ address: settings.temporal.address, taskQueue: settings.taskQueue }, 'the worker is running');
    await worker.run();
  } finally {
    await connection.close();
  }
}

async function connectNative({ temporal }: Settings): Promise<NativeConnection> {
  const { address, apiKey, tls } = temporal;
  try {
    return await NativeConnection.connect({
      address,
      ...(apiKey ? { apiKey } : {}),
      ...(tls === undefined || tls === null ? {} : { tls }),
    });
  } catch (cause) {
    throw unreachable(address, cause);
  }
}
