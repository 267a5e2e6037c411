import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/embedded/dev-server.ts';
import { freePort, isFree } from '../../src/embedded/ports.ts';
import { temporalBinary } from '../support/temporal.ts';
import { script, temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();
const label = defineSearchAttributeKey('Label', 'KEYWORD');

async function options(): Promise<DevServerOptions> {
  const folder = await mkdtemp(join(root, 'case-'));
  const logFile = join(folder, 'logs', 'temporal.log');
  return { binary: temporalBinary(), headless: true, searchAttributes: { Label: 'Keyword' }, logFile };
}

/** Starts a server that ends with the test's block. */
async function started(given: DevServerOptions): Promise<DevServer & AsyncDisposable> {
  const server = await startDevServer(given);
  return { ...server, [Symbol.asyncDispose]: server.kill };
}

async function withClient<T>(server: DevServer, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const portOf = (server: DevServer) => Number(server.address.split(':')[1]);

describe('startDevServer', () => {
  test('keeps its workflows over a kill -9', async () => {
    const given = { ...(await options()), dbFile: join(root, 'made', 'for', 'it', 'temporal.db') };
    await using first = await started(given);
    await withClient(first, (client) =>
      client.workflow.start('anything', {
        workflowId: 'survivor',
        taskQueue: 'none',
        typedSearchAttributes: [{ key: label, value: 'kept' }],
      }),
    );
    await first.kill();
    expect(await first.ended).toBe('was ended by SIGKILL');

    await using second = await started(given);
    const state = await withClient(second, async (client) => {
      const { status } = await client.workflow.getHandle('survivor').describe();
      const { count } = await client.workflow.count('Label = "kept"');
      return { status: status.name, count };
    });
    expect(state).toEqual({ status: 'RUNNING', count: 1 });
  });

  test('refuses a second server on a file in use, and names the one that uses it', async () => {
    const given = { ...(await options()), dbFile: join(root, 'shared.db') };
    await using first = await started(given);
    await expect(startDevServer(given)).rejects.toMatchObject({
      code: 'refused',
      message: `Another Temporal dev server (process ${first.pid}, ${first.address}) is using ${given.dbFile}.`,
    });
  });

  test('takes a file over when its number of a process has gone to another program', async () => {
    const given = { ...(await options()), dbFile: join(root, 'left.db') };
    const note = `${given.dbFile}.owner`;
    await writeFile(note, JSON.stringify({ pid: process.pid, host: '127.0.0.1', port: await freePort() }));
    const old = Date.now() / 1000 - 60;
    await utimes(note, old, old);
    await using server = await started(given);
    expect(JSON.parse(await readFile(note, 'utf8'))).toMatchObject({ pid: server.pid });
  });

  test('serves the Web UI and further namespaces, and frees its ports when it is stopped', async () => {
    await using server = await started({ ...(await options()), headless: false, namespace: 'another' });
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    await withClient(server, ({ connection }) =>
      connection.workflowService.describeNamespace({ namespace: 'another' }),
    );
    await server.stop();
    expect(await server.ended).toBe('ended with exit code 0');
    expect(isAlive(server.pid)).toBe(false);
    expect(await isFree('127.0.0.1', portOf(server))).toBe(true);
    await server.stop();
  });

  test.each(['port', 'uiPort'] as const)('says that a %s is taken, before it starts anything', async (which) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const binary = join(root, 'never-started');
    const starting = startDevServer({ ...(await options()), binary, headless: false, [which]: port });
    await expect(starting).rejects.toMatchObject({
      code: 'port_taken',
      message: `Port ${port} of 127.0.0.1 is taken by another program.`,
    });
    other.close();
  });

  test('chooses another port when the one it chose is taken in between', async () => {
    const given = await options();
    const lost = join(given.logFile, '..', '..', 'lost');
    const binary = await script(
      `${lost}.sh`,
      `if [ ! -e ${lost} ]; then
  : > ${lost}; echo "panic: listen tcp 127.0.0.1:7: bind: address already in use"; seq 100; exit 2
fi
exec ${given.binary} "$@"`,
    );
    await using server = await started({ ...given, binary });
    expect(await readFile(lost, 'utf8')).toBe('');
    expect(isAlive(server.pid)).toBe(true);
  });

  test('says with the end of its log that the server died, of this start only', async () => {
    const given = { ...(await options()), port: await freePort() };
    const say = async (line: string) => ({
      ...given,
      binary: await script(join(root, 'dying'), `echo ${line}; exit 7`),
    });
    await expect(startDevServer(await say('earlier'))).rejects.toThrow('earlier');
    await expect(startDevServer(await say('no room'))).rejects.toMatchObject({
      code: 'temporal_unreachable',
      message: `The Temporal dev server for 127.0.0.1:${given.port} ended with exit code 7. Its log ends with:\nno room`,
      advice: `See ${given.logFile}.`,
    });
  });

  test('says that the binary is none', async () => {
    const binary = join(root, 'absent');
    await expect(startDevServer({ ...(await options()), binary })).rejects.toMatchObject({
      code: 'temporal_unreachable',
      message: `${binary} could not be started: spawn ${binary} ENOENT`,
    });
  });

  test('does not outlive a parent that is killed', async () => {
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { startDevServer } = await import(process.argv[1]);
       console.log((await startDevServer(JSON.parse(process.argv[2]))).pid);
       setInterval(() => {}, 1000);`,
      new URL('../../src/embedded/dev-server.ts', import.meta.url).href,
      JSON.stringify(await options()),
    ]);
    const [line] = await once(createInterface(parent.stdout), 'line');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    const limit = Date.now() + 60_000;
    while (isAlive(pid) && Date.now() < limit) await sleep(20);
    const survived = isAlive(pid);
    if (survived) process.kill(pid, 'SIGKILL');
    expect(survived).toBe(false);
  });
});
