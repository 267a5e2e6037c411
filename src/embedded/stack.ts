import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TunewrightError } from '../contract/errors.ts';
import { searchAttributeTypes } from '../contract/search-attributes.ts';
import { findBinary } from './binary.ts';
import { startDevServer } from './dev-server.ts';
import { keepRunning, type Part } from './keep.ts';
import { temporalCli } from './pinned.ts';
import { freePort } from './ports.ts';
import { runServer, type ServerProcess } from './server-process.ts';
import { readStack, removeStack, type Stack, writeStack } from './stack-file.ts';

export interface StackOptions {
  /** Folder of all state: the next stack goes on with it. */
  home: string;
  env: NodeJS.ProcessEnv;
  /** Told, one line each, what is found, fetched and started. */
  log(line: string): void;
  /** 0, the default, takes any free port. */
  uiPort?: number;
  /** Least wall time of a simulated training; 8 s when absent, so that a person sees it train. */
  trainingSeconds?: number;
  /** Told the process of each start of these parts, so also of each start after a death. */
  started?(part: 'simulator' | 'worker', pid: number): void;
}

export interface RunningStack {
  stack: Stack;
  stop(): Promise<void>;
}

const startLimitMs = 30_000;
/** It ends before it would be killed, and is of no version: nobody would make one current here. */
const workerEnv = { TUNEWRIGHT_SHUTDOWN_SECONDS: '3', TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' };

/**
 * Starts Temporal, the simulated platform and a worker, each a process of its own, on this machine only. A part that
 * dies is started again. Throws `port_taken`, `temporal_unreachable`, `refused` when the folder's stack is up already.
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { home, log } = options;
  if (options.env.TEMPORAL_ADDRESS) {
    throw new TunewrightError('refused', 'TEMPORAL_ADDRESS is set, but the embedded stack has a Temporal of its own.', {
      advice: 'Unset TEMPORAL_ADDRESS, or use that Temporal with `tunewright worker` and `tunewright run`.',
    });
  }
  if (readStack(home)) {
    throw new TunewrightError('refused', `The embedded stack of ${home} is up already.`, {
      advice: 'Use it as it is, or stop the process that holds it.',
    });
  }
  await mkdir(home, { recursive: true });
  const parts: Part[] = [];
  const stop = async () => {
    await removeStack(home);
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    const simulatorUrl = await startSimulatorPart(options, parts);
    const temporal = await startTemporal(options, parts);
    const stack: Stack = { ...temporal, simulatorUrl, pid: process.pid };
    await writeStack(home, stack);
    const worker = { ...options, env: { ...options.env, TUNEWRIGHT_HOME: home, ...workerEnv } };
    parts.push(await keepRunning('the worker', log, () => run(worker, 'worker', [entry('../cli/main'), 'worker'])));
    return { stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTemporal({ home, env, log, uiPort = 0 }: StackOptions, parts: Part[]) {
  const binary = await findBinary(temporalCli, { env, note: log });
  const server = {
    binary,
    uiPort,
    dbFile: join(home, 'temporal.db'),
    searchAttributes: searchAttributeTypes,
    logFile: join(home, 'logs', 'temporal.log'),
  };
  let ports: { port: number; uiPort: number } | undefined;
  const start = async () => {
    // Where it was first found it is found again after a death.
    const started = await startDevServer({ ...server, ...ports });
    ports ??= { port: started.port, uiPort: started.uiPort };
    return started;
  };
  parts.push(await keepRunning('Temporal', log, start));
  return { temporalAddress: `127.0.0.1:${ports?.port}`, uiUrl: `http://127.0.0.1:${ports?.uiPort}` };
}

async function startSimulatorPart(options: StackOptions, parts: Part[]): Promise<string> {
  const { home, log, trainingSeconds = 8 } = options;
  const port = await freePort();
  const pace = ['--training-seconds', String(trainingSeconds)];
  const flags = ['--data-dir', join(home, 'simulator'), '--port', String(port), ...pace];
  const part = await keepRunning('the simulator', log, () =>
    run(options, 'simulator', [entry('../simulator/main'), ...flags]),
  );
  parts.push(part);
  const origin = `http://127.0.0.1:${port}`;
  await answers(`${origin}/health`, join(home, 'logs', 'simulator.log'));
  return `${origin}/v1`;
}

async function run(
  { home, env, started }: StackOptions,
  name: 'simulator' | 'worker',
  args: string[],
): Promise<ServerProcess> {
  const quiet = '--disable-warning=ExperimentalWarning';
  const part = await runServer(process.execPath, [quiet, ...args], join(home, 'logs', `${name}.log`), env);
  started?.(name, part.pid);
  return part;
}

/** A script of this package, as a source or as it was compiled. */
function entry(path: string): string {
  return fileURLToPath(new URL(`${path}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
}

async function answers(url: string, logFile: string): Promise<void> {
  const limit = Date.now() + startLimitMs;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > limit) {
      throw new TunewrightError('platform_unreachable', 'The simulated platform did not start.', {
        advice: `Look into ${logFile}.`,
      });
    }
    await setTimeout(50);
  }
}
