import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../../src/embedded/ports.ts';
import { runServer } from '../../../src/embedded/server-process.ts';

const run = promisify(execFile);
const host = '127.0.0.1';
const user = 'records';
const debian = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs: the one named, or where Debian puts them. */
export const postgresPrograms: string | undefined = process.env.TUNEWRIGHT_POSTGRES_BIN ?? newestOfDebian();
/** PostgreSQL refuses to run as root. */
const account = process.getuid?.() === 0 ? 'postgres' : undefined;

/** A PostgreSQL server of its own, on loopback. */
export interface Postgres {
  /** The URL of a new, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'tunewright-records-'));
  if (account) await chown(data, await idOf('-u', account), await idOf('-g', account));
  await chmod(data, 0o700);
  await run(...program('initdb', '-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'));
  const flags = ['-D', data, '-h', host, '-p', `${port}`, '-k', '', '-c', 'fsync=off', '-c', 'shared_buffers=16MB'];
  const up = async () => {
    const server = await runServer(...program('postgres', ...flags), `${data}.log`);
    while (!(await isReady(port))) await setTimeout(20);
    return server;
  };
  let server = await up();
  // By its own tool, which leaves no shared memory behind; with clients connected it does not wait for them.
  const down = async () => {
    await run(...program('pg_ctl', 'stop', '-D', data, '-m', 'immediate', '-s'));
    await server.ended;
  };
  let databases = 0;
  return {
    async createDatabase() {
      const name = `records_${++databases}`;
      await run(...program('createdb', '-h', host, '-p', `${port}`, '-U', user, name));
      return `postgres://${user}@${host}:${port}/${name}`;
    },
    stop: down,
    async start() {
      server = await up();
    },
    async remove() {
      await down();
      await rm(data, { recursive: true, force: true });
      await rm(`${data}.log`, { force: true });
    },
  };
}

function newestOfDebian(): string | undefined {
  try {
    const versions = readdirSync(debian).sort((a, b) => Number(b) - Number(a));
    return versions[0] && join(debian, versions[0], 'bin');
  } catch {
    return undefined;
  }
}

function program(name: string, ...args: string[]): [string, string[]] {
  const path = join(postgresPrograms ?? '', name);
  return account
    ? ['setpriv', [`--reuid=${account}`, `--regid=${account}`, '--clear-groups', path, ...args]]
    : [path, args];
}

async function idOf(which: '-u' | '-g', name: string): Promise<number> {
  return Number((await run('id', [which, name])).stdout);
}

async function isReady(port: number): Promise<boolean> {
  return await run(...program('pg_isready', '-q', '-h', host, '-p', `${port}`)).then(
    () => true,
    () => false,
  );
}
