import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ActivityInterceptorsFactory, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { NamedFailures } from './activities/failures.ts';
import { createActivities } from './activities/index.ts';
import { openStore } from './artifacts/index.ts';
import type { Deployment, Settings } from './config.ts';
import { TunewrightError } from './contract/errors.ts';
import { checkAddress, refusedByTemporal, unreachable } from './contract/temporal-address.ts';
import { createLogger, installRuntime } from './logger.ts';
import { createPlatforms } from './platforms/registry.ts';
import { openRecords, recordsAt } from './records/index.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

/** About 0.35 MiB each: a run that waits needs none of it, it is replayed from its short history when it wakes. */
const cachedWorkflows = 400;
/** Evaluations and uploads share the process: enough to keep many short looks going beside them. */
const activitiesAtOnce = 100;
const defaultShutdownSeconds = 10;
/** What activities that were cancelled need to hand over what they have. */
const handOverMs = 5_000;
/** A run that was in the memory of a worker that died waits so long until another one replays it. */
const stickyMs = 2_000;
/** Answers of which the server knows are not paid again after a kill; few beats are sent, so none is held back for long. */
const heartbeatThrottleMs = 100;

/** What the SDK's core makes of the gRPC statuses UNAUTHENTICATED and PERMISSION_DENIED. */
const refusal =
  /^Failed to call \w+: code: 'The (?:request does not have valid authentication credentials|caller does not have permission\b.*?)', message: "(.*)"/;

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
 * @param stop aborted when the caller is about to shut it down.
 */
export async function createWorker(
  settings: Settings,
  connection: NativeConnection,
  source: WorkflowSource = workflowSource(),
  around: ActivityInterceptorsFactory[] = [],
  stop: AbortSignal = new AbortController().signal,
): Promise<Worker> {
  const { deployment } = settings;
  const unnamed = new Map<string, number>();
  return await Worker.create({
    connection,
    namespace: settings.temporal.namespace,
    taskQueue: settings.taskQueue,
    ...source,
    activities: createActivities({
      platforms: createPlatforms(settings.connections, settings),
      store: openStore(settings),
      records: recordsAt(settings.records).open,
      notices: settings.notices,
      dataDirectory: settings.dataDirectory,
      dataHosts: settings.dataHosts,
      graderCode: settings.graderCode,
      ending: endingOf(stop),
    }),
    ...(deployment ? { workerDeploymentOptions: pinnedTo(deployment) } : {}),
    interceptors: { activity: [...around, () => ({ inbound: new NamedFailures(unnamed) })] },
    maxCachedWorkflows: cachedWorkflows,
    maxConcurrentActivityTaskExecutions: activitiesAtOnce,
    shutdownGraceTime: graceMs(settings),
    stickyQueueScheduleToStartTimeout: stickyMs,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    defaultHeartbeatThrottleInterval: heartbeatThrottleMs,
  });
}

/** A run ends on the version on which it was begun: a change of the workflow never meets a history of another version. */
function pinnedTo({ name, buildId }: Deployment): WorkerOptions['workerDeploymentOptions'] {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: name, buildId },
    defaultVersioningBehavior: 'PINNED',
  };
}

/** Aborted with what an activity that hands its work over fails with: the server gives it to another worker at once. */
function endingOf(stop: AbortSignal): AbortSignal {
  const ending = new AbortController();
  const end = () => {
    const options = { advice: 'Nothing: another worker goes on with it.', retry: 'yes', retryAfterMs: 1 } as const;
    ending.abort(new TunewrightError('interrupted', 'The worker was told to end.', options));
  };
  if (stop.aborted) end();
  else stop.addEventListener('abort', end, { once: true });
  return ending.signal;
}

function graceMs({ shutdownSeconds = defaultShutdownSeconds }: Settings): number {
  return shutdownSeconds * 1000;
}

/**
 * Runs a worker until `stop` is aborted, then lets what is under way end or hand itself over. A worker that has not
 * ended {@link handOverMs} after the time for that exits with 1: the rest is taken over as after a kill.
 *
 * @throws TunewrightError `temporal_unreachable`, `invalid_config`, `forbidden`
 */
export async function runWorker(
  settings: Settings,
  stop: AbortSignal,
  source: WorkflowSource = workflowSource(),
): Promise<void> {
  // Before the SDK's runtime is there: with an address that it does not take, it would keep the process from ending.
  checkAddress(settings.temporal.address);
  const logger = createLogger(settings.logLevel);
  installRuntime(logger);
  const connection = await connectNative(settings);
  try {
    await ensureSearchAttributes(connection, settings.temporal.namespace);
    const worker = await createWorker(settings, connection, source, [], stop);
    const running = worker.run();
    const { taskQueue, deployment } = settings;
    logger.info({ address: settings.temporal.address, taskQueue, deployment }, 'the worker is running');
    // They may be away for a while. With a wrong password a run would wait for them when it has paid.
    void openRecords(settings.records).then(
      (records) => records.close(),
      (error) => logger.warn({ error }, 'the records cannot be opened: what needs them waits until they can'),
    );
    const shutDown = () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      setTimeout(() => {
        logger.warn('the worker did not end in time: what is under way is taken over when its heartbeats are missed');
        process.exit(1);
      }, graceMs(settings) + handOverMs).unref();
    };
    if (stop.aborted) shutDown();
    else stop.addEventListener('abort', shutDown, { once: true });
    await running;
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
    const [, why] = refusal.exec((cause as Error).message) ?? [];
    throw why === undefined ? unreachable(address, cause) : refusedByTemporal(why, cause);
  }
}
