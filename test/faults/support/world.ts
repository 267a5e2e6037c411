import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ArtifactStore, folderStore } from '../../../src/artifacts/index.ts';
import { createClient, type TunewrightClient } from '../../../src/client.ts';
import { searchAttributeTypes } from '../../../src/contract/search-attributes.ts';
import { startDevServer } from '../../../src/embedded/dev-server.ts';
import { accepts, freePort } from '../../../src/embedded/ports.ts';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import type { PlatformEntry } from '../../../src/platforms/catalogue.ts';
import type { TrainingPlatform } from '../../../src/platforms/platform.ts';
import {
  type Connections,
  createPlatforms,
  standInConnection,
  standInKeyEnv,
} from '../../../src/platforms/registry.ts';
import type {
  ActiveFault,
  FaultRule,
  Ledger,
  PresetRule,
  Settings,
  WebhookEndpoint,
} from '../../../src/simulator/index.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { temporalBinary } from '../../support/temporal.ts';
import { writeHolds } from './holds.ts';
import { portForTemporal, type TemporalOnPostgres, temporalOnPostgres } from './postgres.ts';
import type { TcpProxy } from './proxy.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Temporal's own server on PostgreSQL takes the place of the development server. */
export const onPostgres = process.env.TUNEWRIGHT_FAULTS_TEMPORAL === 'postgres';

export type Part = 'postgres' | 'temporal' | 'simulator' | 'worker';
/** The processes of a world, in the order in which they are started. */
export const parts: readonly Part[] = [...(onPostgres ? ['postgres' as const] : []), 'temporal', 'simulator', 'worker'];

/** Temporal, a platform and a worker, each a process of its own. */
export interface World {
  /** Home of the worker; holds all state. */
  folder: string;
  /** Address of Temporal. */
  address: string;
  /** In which a command line works on this world. */
  env: NodeJS.ProcessEnv;
  client: TunewrightClient;
  /** Base URL of the platform for clients; the connection to it is called `simulator`. */
  simulatorUrl: string;
  platform: TrainingPlatform;
  store: ArtifactStore;
  /** SIGKILL, to all of them at the same time. Throws for Temporal in a world that is not durable. */
  kill(which: readonly Part[]): Promise<void>;
  /** Starts them again where they were; the worker may not poll yet. */
  start(which: readonly Part[]): Promise<void>;
  /** From now on a part that ends by itself is started again. */
  supervise(): void;
  ledger(): Promise<Ledger>;
  set(changes: Partial<Settings>): Promise<void>;
  addFault(rule: FaultRule | PresetRule): Promise<void>;
  /** Those in force, with how often each has struck. */
  faults(): Promise<ActiveFault[]>;
  clearFaults(): Promise<void>;
  /** Of the platform. */
  advanceClock(ms: number): Promise<void>;
  /** Where the platform delivers its events from now on. */
  setWebhooks(endpoints: WebhookEndpoint[]): Promise<void>;
  close(): Promise<void>;
}

interface WorldOptions {
  /** Temporal keeps its state in a file, which takes it twice the processor time: for a world in which it is killed. */
  durable?: boolean;
  timeoutSeconds?: number;
  listLagSeconds?: number;
  webhookSecretEnv?: string;
  limits?: Partial<PlatformEntry['limits']>;
}

/** The ways on which workers reach the others; a world leads them there, and does not close them. */
export interface Ways {
  temporal?: TcpProxy;
  platform?: TcpProxy;
}

/**
 * @param options beside `durable` settings of the connection `simulator` that are not those of an undisturbed stand-in
 * @param through interrupts what workers do; whatever else looks at the world goes past it
 * @param more connections to platforms that are not of this world
 */
export async function openWorld(
  options: WorldOptions = {},
  through: Ways = {},
  more: Connections = {},
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-faults-'));
  const simulatorPort = await freePort();
  const temporalPort = onPostgres ? await portForTemporal() : await freePort();
  const address = `127.0.0.1:${temporalPort}`;
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}/v1`;
  through.temporal?.leadTo(temporalPort);
  through.platform?.leadTo(simulatorPort);
  const { durable = false, limits, ...settings } = options;
  const connectionsTo = (url: string) => {
    const standIn = standInConnection(url);
    const catalogue = { ...standIn.catalogue, limits: { ...standIn.catalogue.limits, ...limits } };
    return { simulator: { ...standIn, ...settings, catalogue } };
  };
  const config = join(folder, 'tunewright.json');
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOME: folder,
    TEMPORAL_ADDRESS: `127.0.0.1:${through.temporal?.port ?? temporalPort}`,
    TUNEWRIGHT_HOME: folder,
    TUNEWRIGHT_DATA: folder,
    TUNEWRIGHT_CONFIG: config,
    TUNEWRIGHT_TEST_BUNDLE: process.env.TUNEWRIGHT_TEST_BUNDLE,
  };
  const connections = connectionsTo(`http://127.0.0.1:${through.platform?.port ?? simulatorPort}/v1`);
  await writeFile(config, JSON.stringify({ connections: { ...connections, ...more } }));
  await writeFile(join(folder, 'data.jsonl'), smallDataSet());
  writeHolds(folder, {});

  const run = async (name: string, script: string, ...args: string[]) => {
    const quiet = '--disable-warning=ExperimentalWarning';
    return await runServer(process.execPath, [quiet, at(script), ...args], join(folder, `${name}.log`), env);
  };
  const server = onPostgres ? await temporalOnPostgres(folder, temporalPort) : undefined;
  const starting: Record<Part, () => Promise<ServerProcess>> = {
    postgres: async () => await (server as TemporalOnPostgres).startDatabase(),
    temporal: async () =>
      (await server?.startTemporal()) ??
      (await startDevServer({
        binary: temporalBinary(),
        port: temporalPort,
        headless: true,
        ...(durable ? { dbFile: join(folder, 'temporal.db') } : {}),
        searchAttributes: searchAttributeTypes,
        logFile: join(folder, 'temporal.log'),
      })),
    async simulator() {
      const flags = ['--data-dir', join(folder, 'simulator'), '--port', String(simulatorPort)];
      const simulator = await run('simulator', '../../../src/simulator/main.ts', ...flags);
      while (!(await accepts('127.0.0.1', simulatorPort))) await setTimeout(50);
      return simulator;
    },
    worker: async () => await run('worker', '../worker.ts'),
  };
  const running = new Map<Part, ServerProcess>();
  let supervised = false;
  const start = async (which: readonly Part[]) => {
    for (const part of parts) {
      if (!which.includes(part)) continue;
      const one = await starting[part]();
      running.set(part, one);
      void one.ended.then(async () => {
        if (supervised && running.get(part) === one) await start([part]);
      });
    }
  };
  const kill = async (which: readonly Part[]) => {
    const those = which.map((part) => running.get(part));
    for (const part of which) running.delete(part);
    await Promise.all(those.map(async (one) => await one?.kill()));
  };
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/admin/${path}`, simulatorUrl), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`/admin/${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  try {
    await mkdir(join(folder, 'artifacts'), { recursive: true });
    await start(parts);
    const client = await createClient({ address });
    return {
      folder,
      address,
      env,
      client,
      simulatorUrl,
      platform: createPlatforms(connectionsTo(simulatorUrl), { env: { [standInKeyEnv]: 'test-key' } }).get('simulator'),
      store: folderStore(join(folder, 'artifacts')),
      async kill(which) {
        if (which.includes('temporal') && !durable && !onPostgres) throw new Error('Temporal would forget everything.');
        await kill(which);
      },
      start,
      supervise() {
        supervised = true;
      },
      ledger: async () => (await admin('GET', 'ledger')) as Ledger,
      set: async (changes) => void (await admin('PATCH', 'settings', changes)),
      addFault: async (rule) => void (await admin('POST', 'faults', rule)),
      faults: async () => ((await admin('GET', 'faults')) as { data: ActiveFault[] }).data,
      clearFaults: async () => void (await admin('DELETE', 'faults')),
      advanceClock: async (advanceMs) => void (await admin('POST', 'clock', { advanceMs })),
      setWebhooks: async (endpoints) => void (await admin('PUT', 'webhooks', { endpoints })),
      async close() {
        await client.close();
        await kill(parts);
        await server?.remove();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await kill(parts);
    await server?.remove();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
