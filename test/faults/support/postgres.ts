import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { accepts, freePort, isFree } from '../../../src/embedded/ports.ts';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import { ensureSearchAttributes } from '../../../src/search-attributes.ts';

const run = promisify(execFile);
const host = '127.0.0.1';
const user = 'temporal';
const schemas = { temporal: 'postgresql/v12/temporal', temporal_visibility: 'postgresql/v12/visibility' };

/** Where `npm run faults:postgres` puts Temporal's server and its schema tool. */
const binaries = fileURLToPath(new URL('../../../.cache/temporal-postgres/bin/', import.meta.url));
/** The folder of PostgreSQL's programs, and the account they run under where this process is root. */
const programs = process.env.TUNEWRIGHT_POSTGRES_BIN ?? '';
const account = process.getuid?.() === 0 ? 'postgres' : undefined;

/** Temporal's own server and the database that keeps its state, each a process. */
export interface TemporalOnPostgres {
  startDatabase(): Promise<ServerProcess>;
  /** The database has to run. Resolves once the namespace `default` is served. */
  startTemporal(): Promise<ServerProcess>;
  remove(): Promise<void>;
}

/** Temporal keeps the ports of its services in the database as numbers of 16 bits with a sign. */
export async function portForTemporal(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(host, port)) return port;
  }
}

/** An empty database cluster of its own; nothing runs yet. */
export async function temporalOnPostgres(folder: string, temporalPort: number): Promise<TemporalOnPostgres> {
  const databasePort = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'tunewright-postgres-'));
  if (account) await chown(data, await idOf('-u', account), await idOf('-g', account));
  await chmod(data, 0o700);
  await run(
    ...as(account, join(programs, 'initdb'), '-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-locale'),
  );
  await writeConfig(folder, temporalPort, databasePort);
  let isNew = true;

  return {
    async startDatabase() {
      const flags = ['-D', data, '-h', host, '-p', String(databasePort), '-k', '', '-c', 'log_min_messages=fatal'];
      const [program, args] = as(account, join(programs, 'postgres'), ...flags);
      const server = await runServer(program, args, join(folder, 'postgres.log'));
      while (!(await ready(databasePort))) await setTimeout(50);
      if (isNew) await makeSchemas(databasePort);
      isNew = false;
      return { ...server, kill: async () => await killAll(server) };
    },
    async startTemporal() {
      const flags = ['--root', folder, '--config', 'config', '--env', 'development', 'start'];
      const server = await runServer(join(binaries, 'server'), flags, join(folder, 'temporal.log'));
      const died = server.ended.then((how) => Promise.reject(new Error(`Temporal's server ${how}: see its log.`)));
      await Promise.race([untilServed(temporalPort), died]);
      return server;
    },
    remove: async () => await rm(data, { recursive: true, force: true }),
  };
}

/** The command, run under another account without a process in between: what is killed is the program itself. */
function as(name: string | undefined, program: string, ...args: string[]): [string, string[]] {
  if (!name) return [program, args];
  return ['setpriv', [`--reuid=${name}`, `--regid=${name}`, '--clear-groups', program, ...args]];
}

async function idOf(which: '-u' | '-g', name: string): Promise<number> {
  return Number((await run('id', [which, name])).stdout);
}

async function ready(port: number): Promise<boolean> {
  return await run(join(programs, 'pg_isready'), ['-q', '-h', host, '-p', String(port)]).then(
    () => true,
    () => false,
  );
}

/** SIGKILL to the server and to every process it has forked. */
async function killAll(server: ServerProcess): Promise<void> {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(server.pid)]).catch(() => ({ stdout: '' }));
  await server.kill();
  for (const pid of stdout.split('\n').map(Number)) {
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended with its parent.
    }
  }
}

async function makeSchemas(port: number): Promise<void> {
  for (const [database, schema] of Object.entries(schemas)) {
    const tool = async (...args: string[]) => {
      const to = [
        '--endpoint',
        host,
        '--port',
        String(port),
        '--user',
        user,
        '--password',
        '-',
        '--database',
        database,
      ];
      await run(join(binaries, 'sql'), ['--plugin', 'postgres12', ...to, ...args]);
    };
    await tool('create-database');
    await tool('setup-schema', '-v', '0.0');
    await tool('update-schema', '--schema-name', schema);
  }
}

/** Registers the namespace and its search attributes when there are none, and waits until the namespace is served. */
async function untilServed(port: number): Promise<void> {
  while (!(await accepts(host, port))) await setTimeout(50);
  const connection = await Connection.connect({ address: `${host}:${port}` });
  const namespace = 'default';
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  const done = async (call: () => Promise<unknown>) =>
    await connection.withDeadline(Date.now() + 5_000, call).then(
      () => true,
      () => false,
    );
  const { workflowService: service } = connection;
  try {
    while (!(await done(() => service.describeNamespace({ namespace })))) {
      await done(() => service.registerNamespace({ namespace, workflowExecutionRetentionPeriod }));
      await setTimeout(100);
    }
    while (!(await done(() => service.countWorkflowExecutions({ namespace })))) await setTimeout(100);
    await ensureSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

/** As Temporal's own development configuration for PostgreSQL, on ports that are free here. JSON is YAML. */
async function writeConfig(folder: string, temporalPort: number, databasePort: number): Promise<void> {
  const ports = await Promise.all(Array.from({ length: 7 }, async () => await portForTemporal()));
  const store = (databaseName: string) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `${host}:${databasePort}`,
      connectProtocol: 'tcp',
      user,
      password: '-',
      maxConns: 20,
      maxIdleConns: 20,
      maxConnLifetime: '1h',
    },
  });
  const service = (i: number, grpcPort = ports[i]) => ({
    rpc: { grpcPort, membershipPort: ports[i + 3], bindOnLocalHost: true },
  });
  const dynamic = join(folder, 'config', 'dynamic.yaml');
  const config = {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { default: store('temporal'), visibility: store('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: host } },
    services: { frontend: service(3, temporalPort), matching: service(0), history: service(1), worker: service(2) },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${host}:${temporalPort}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '10s' },
  };
  await mkdir(join(folder, 'config'), { recursive: true });
  await writeFile(join(folder, 'config', 'development.yaml'), JSON.stringify(config));
  // As the development server has it: new search attributes are known at once.
  await writeFile(dynamic, JSON.stringify({ 'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }] }));
}
