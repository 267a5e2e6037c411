import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { killWithParent } from './watchdog.ts';

const graceMs = 5_000;
const tailLines = 5;
const tailColumns = 300;

/** A server as a child process that writes to a log file and does not outlive this process. */
export interface ServerProcess {
  pid: number;
  /** Resolves, never rejects, to how it ended, e.g. `ended with exit code 1`. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL after 5 s; resolves once it has ended. */
  stop(): Promise<void>;
  /** SIGKILL; resolves once it has ended. */
  kill(): Promise<void>;
  /** All that this process has logged. */
  log(): Promise<string>;
  /** The last lines of it, long ones without their beginning. */
  logTail(): Promise<string>;
}

/**
 * Starts `binary` apart from the terminal: an interrupt there reaches this process, which stops its server last.
 *
 * @throws Error of the system when it cannot be started
 */
export async function runServer(
  binary: string,
  args: string[],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerProcess> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = await open(logFile, 'a');
  const { size: logStart } = await log.stat();
  const child = spawn(binary, args, { env, detached: true, stdio: ['ignore', log.fd, log.fd] });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, 'error');
    await log.close();
    throw error;
  }
  let running = true;
  const unwatch = killWithParent(pid);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      unwatch();
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  child.unref();
  await log.close();

  const signal = (name: NodeJS.Signals) => {
    if (!running) return;
    // Left alone the server keeps no process alive, but its end is waited for.
    child.ref();
    child.kill(name);
  };
  const logged = async () => (await readFile(logFile)).subarray(logStart).toString();
  const kill = async () => {
    signal('SIGKILL');
    await ended;
  };
  return {
    pid,
    ended,
    kill,
    async stop() {
      signal('SIGTERM');
      const impatience = setTimeout(() => signal('SIGKILL'), graceMs);
      await ended;
      clearTimeout(impatience);
    },
    log: logged,
    async logTail() {
      const lines = (await logged()).trim().split('\n').slice(-tailLines);
      return lines.map((line) => (line.length > tailColumns ? `…${line.slice(-tailColumns)}` : line)).join('\n');
    },
  };
}
