import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src/config.ts';
import { startGateway } from '../../src/gateway/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { newVersion } from '../records/support/samples.ts';
import { testSettings } from '../support/pipeline.ts';
import { onEnd } from './support.ts';

export const serviceKey = 'a-key-of-the-shop';
export const adminKey = 'a-key-of-operations';

export const keys: Settings['gatewayKeys'] = [
  { name: 'shop', key: serviceKey, mayChange: false },
  { name: 'ops', key: adminKey, mayChange: true },
];

export interface Registry {
  url: string;
  port: number;
  records: Records;
  simulator: Simulator;
  /** Starts the gateway again at the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A gateway in front of records in which `support-intents` has versions 1 to 3; 1 is champion, and 3 unknown to its platform. */
export async function registry(changes: Partial<Settings> = {}, host = '127.0.0.1'): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-registry-'));
  onEnd(async () => await rm(folder, { recursive: true, force: true }));
  const simulator = await startSimulator({ dataDir: join(folder, 'simulator') });
  onEnd(async () => await simulator.close());
  const settings = { ...testSettings(folder, simulator.url), gatewayKeys: keys, ...changes };
  const records = await openRecords(settings.records);
  onEnd(async () => await records.close());
  for (const [run, modelId] of ['stand-in-mini', 'stand-in-mini', 'ft:gone'].entries()) {
    await records.registerVersion(newVersion(run + 1, { connection: 'simulator', modelId }));
  }
  await records.promote({ model: 'support-intents', by: 'kim', requestId: 'first', version: 1 });

  let gateway = await startGateway(settings, { host });
  const port = Number(new URL(gateway.url).port);
  onEnd(async () => await gateway.close());
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    records,
    simulator,
    stop: async () => await gateway.close(),
    async restart() {
      gateway = await startGateway(settings, { host, port });
    },
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at it says.
  json: any;
}

/** One request about models, with a key where one is given. */
export async function ask(
  url: string,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(`${url}/v1/models${path}`, {
    headers: {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text ? JSON.parse(text) : undefined };
}
