import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { accepts, freePort } from '../../src/embedded/ports.ts';
import { runServer } from '../../src/embedded/server-process.ts';
import type { ActiveFault, FaultRule, Ledger, Settings } from '../../src/simulator/index.ts';

/** A simulated platform as a process of its own. */
export interface SimulatorProcess {
  pid: number;
  /** Base URL for clients. */
  url: string;
  ledger(): Promise<Ledger>;
  set(changes: Partial<Settings>): Promise<void>;
  addFault(rule: FaultRule): Promise<void>;
  /** Those in force, with how often each was met. */
  faults(): Promise<ActiveFault[]>;
  close(): Promise<void>;
}

const main = fileURLToPath(new URL('../../dist/simulator/main.js', import.meta.url));

export async function startSimulatorProcess(dataDir: string): Promise<SimulatorProcess> {
  await mkdir(dataDir, { recursive: true });
  const port = await freePort('127.0.0.1');
  const args = ['--disable-warning=ExperimentalWarning', main, '--data-dir', dataDir, '--port', String(port)];
  const server = await runServer(process.execPath, args, join(dataDir, 'simulator.log'));
  const died = server.ended.then((how) => Promise.reject(new Error(`The simulated platform ${how}.`)));
  const ready = new AbortController();
  try {
    await Promise.race([untilItAccepts(port, ready.signal), died]);
  } finally {
    ready.abort();
    died.catch(() => {});
  }
  const url = `http://127.0.0.1:${port}/v1`;
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(new URL(`/admin/${path}`, url), { method, ...content });
    if (!response.ok) throw new Error(`/admin/${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  return {
    pid: server.pid,
    url,
    ledger: async () => (await admin('GET', 'ledger')) as Ledger,
    set: async (changes) => void (await admin('PATCH', 'settings', changes)),
    addFault: async (rule) => void (await admin('POST', 'faults', rule)),
    faults: async () => ((await admin('GET', 'faults')) as { data: ActiveFault[] }).data,
    close: server.stop,
  };
}

async function untilItAccepts(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts('127.0.0.1', port))) await setTimeout(20, undefined, { signal });
}
