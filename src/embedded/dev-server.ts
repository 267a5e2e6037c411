import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNativeError } from 'node:util/types';
import { TunewrightError } from '../contract/errors.ts';
import { noteOwner, refuseSecondServer } from './database-owner.ts';
import { freePort, isFree } from './ports.ts';
import { untilServing } from './ready.ts';
import { runServer, type ServerProcess } from './server-process.ts';

const startLimitMs = 30_000;
const tries = 3;

export interface DevServerOptions {
  /** Path of the `temporal` command, see `findBinary`. */
  binary: string;
  /** SQLite file that keeps all state, also over a `kill -9`; without it state ends with the server. */
  dbFile?: string;
  host?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  uiPort?: number;
  /** No Web UI. */
  headless?: boolean;
  searchAttributes: Readonly<Record<string, 'Keyword' | 'Double'>>;
  /** Appended to. */
  logFile: string;
  namespace?: string;
}

export interface DevServer extends ServerProcess {
  /** `host:port` of the gRPC service. */
  address: string;
  port: number;
  uiPort: number;
  /** Undefined when headless. */
  uiUrl: string | undefined;
}

/**
 * Starts Temporal's dev server and resolves once it serves the namespace. It ends with this process.
 *
 * @throws TunewrightError `port_taken`, `refused` when another server uses the file, or `temporal_unreachable` with the tail of the log
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { host = '127.0.0.1', port = 0, uiPort = 0, headless = false, dbFile } = options;
  for (const asked of [port, headless ? 0 : uiPort])
    if (asked !== 0 && !(await isFree(host, asked))) throw portTaken(host, asked);
  if (dbFile !== undefined) {
    await mkdir(dirname(dbFile), { recursive: true });
    await refuseSecondServer(dbFile);
  }
  for (let tried = 1; ; tried++) {
    const ports = { port: port || (await freePort(host)), uiPort: uiPort || (await freePort(host)) };
    try {
      return await launch({ ...options, ...ports, host, headless });
    } catch (error) {
      // A port that was free a moment ago can be taken by another process: chosen again, unless it is one that was asked for.
      if (!isTaken(error) || [port, uiPort].includes(Number(error.cause)) || tried === tries) throw error;
    }
  }
}

type Launch = DevServerOptions & Required<Pick<DevServerOptions, 'host' | 'port' | 'uiPort' | 'headless'>>;

async function launch(options: Launch): Promise<DevServer> {
  const { binary, host, port, uiPort, headless, dbFile, logFile, namespace = 'default' } = options;
  const server = await runServer(binary, serverArguments(options, namespace), logFile).catch((cause: Error) => {
    throw new TunewrightError('temporal_unreachable', `${binary} could not be started: ${cause.message}`, {
      advice: 'See that it is a program for this machine.',
      cause,
    });
  });
  const limit = AbortSignal.timeout(startLimitMs);
  const dead = new AbortController();
  try {
    if (dbFile !== undefined) await noteOwner(dbFile, { pid: server.pid, host, port });
    await Promise.race([
      untilServing(host, port, namespace, AbortSignal.any([limit, dead.signal])),
      server.ended.then((how) => Promise.reject(new Error(how))),
    ]);
  } catch (error) {
    dead.abort();
    await server.kill();
    throw await explained(options, limit.aborted ? `did not answer within ${startLimitMs / 1000} s` : error, server);
  }
  return {
    address: `${host}:${port}`,
    port,
    uiPort,
    uiUrl: headless ? undefined : `http://${host}:${uiPort}`,
    ...server,
  };
}

function serverArguments(
  { host, port, uiPort, headless, dbFile, searchAttributes }: Launch,
  namespace: string,
): string[] {
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  return [
    ...['server', 'start-dev', '--log-level', 'warn', '--ip', host, '--port', String(port), '--namespace', namespace],
    ...(headless ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    // Retries and timers of less than a second would otherwise take one: it allows for clocks of several machines.
    ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"'],
    ...attributes,
  ];
}

async function explained(options: Launch, why: unknown, server: ServerProcess): Promise<TunewrightError> {
  const { host, port, logFile } = options;
  // Of itself the server has several more ports, and a trace of its stack comes behind the reason.
  const taken = /:(\d+): bind: address already in use/.exec(await server.log())?.[1];
  if (taken) return portTaken(host, Number(taken));
  const how = isNativeError(why) ? why.message : String(why);
  return new TunewrightError(
    'temporal_unreachable',
    `The Temporal dev server for ${host}:${port} ${how}. Its log ends with:\n${await server.logTail()}`,
    { advice: `See ${logFile}.`, cause: why },
  );
}

const portTaken = (host: string, port: number) =>
  new TunewrightError('port_taken', `Port ${port} of ${host} is taken by another program.`, {
    advice: 'Stop that program, or choose another port.',
    cause: port,
  });

function isTaken(error: unknown): error is TunewrightError {
  return error instanceof TunewrightError && error.code === 'port_taken';
}
