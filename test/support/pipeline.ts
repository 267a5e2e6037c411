import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActivityInterceptorsFactory, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { createClient, type TunewrightClient } from '../../src/client.ts';
import type { Settings } from '../../src/config.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { type Connections, standInConnection, standInKeyEnv } from '../../src/platforms/registry.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { createWorker } from '../../src/worker.ts';
import { testTemporal, unique } from './temporal.ts';

/** A simulated platform, a worker and a client on the shared Temporal server, for one test file. */
export interface Pipeline {
  folder: string;
  settings: Settings;
  simulator: Simulator;
  client: TunewrightClient;
  /** A run over a small data set of two intents that trains in milliseconds. */
  config(changes?: Partial<RunConfigInput>): RunConfigInput;
  startWorker(): Promise<RunningWorker>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

type StandIn = ReturnType<typeof standInConnection>;

export interface RunningWorker {
  stop(): Promise<void>;
}

export async function pipeline(
  options: Partial<SimulatorOptions> = {},
  changes: Partial<Settings> = {},
  connection: (usual: StandIn) => Connections[string] = (usual) => usual,
  around: ActivityInterceptorsFactory[] = [],
  more: Connections = {},
): Promise<Pipeline> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-test-'));
  const simulator = await startSimulator({ dataDir: join(folder, 'simulator'), ...options });
  const usual = testSettings(folder, simulator.url);
  const connections = { ...usual.connections, ...more, simulator: connection(usual.connections.simulator as StandIn) };
  const settings = { ...usual, connections, ...changes };
  await writeFile(join(folder, 'data.jsonl'), smallDataSet());
  const client = await createClient({ ...settings.temporal, taskQueue: settings.taskQueue });
  if (!Runtime._instance) installRuntime(createLogger(process.env.TUNEWRIGHT_TEST_LOG ?? 'silent'));
  const workers: RunningWorker[] = [];

  async function startWorker(): Promise<RunningWorker> {
    const worker = await runningWorker(settings, around);
    workers.push(worker);
    return worker;
  }
  async function stopWorkers(): Promise<void> {
    for (const worker of workers.splice(0)) await worker.stop();
  }
  await startWorker();
  return {
    folder,
    settings,
    simulator,
    client,
    startWorker,
    stopWorkers,
    config: (changes = {}) => ({
      name: 'small',
      connection: 'simulator',
      model: 'stand-in-mini',
      data: { train: 'data.jsonl' },
      budgetUsd: 5,
      pollSeconds: 0.1,
      ...changes,
    }),
    async close() {
      await stopWorkers();
      await client.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function testSettings(folder: string, simulatorUrl: string): Settings {
  return {
    env: { [standInKeyEnv]: 'test-key', ...process.env },
    home: folder,
    artifacts: join(folder, 'artifacts'),
    records: join(folder, 'records.sqlite'),
    gatewayKeys: [],
    gateway: { models: {}, run: {} },
    dataDirectory: folder,
    dataHosts: [],
    temporal: { address: testTemporal(), namespace: 'default' },
    taskQueue: unique('pipeline'),
    connections: {
      simulator: {
        ...standInConnection(simulatorUrl),
        webhookSecretEnv: 'SIMULATOR_WEBHOOK_SECRET',
        timeoutSeconds: 60,
      },
      keyless: { platform: 'openai', apiKeyEnv: 'NO_SUCH_KEY' },
    },
    catalogue: undefined,
    logLevel: 'silent',
    stack: undefined,
  };
}

/** A worker from the bundle that the global set-up has made. */
async function runningWorker(settings: Settings, around: ActivityInterceptorsFactory[]): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({ address: settings.temporal.address });
  const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
  const worker: Worker = await createWorker(settings, connection, { workflowBundle: { codePath } }, around);
  const running = worker.run();
  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= (async () => {
        worker.shutdown();
        await running;
        await connection.close();
      })();
      return stopping;
    },
  };
}

const questions: Record<string, string[]> = {
  billing: ['I want my money back', 'please refund order', 'when does the refund arrive', 'give me a refund for'],
  shipping: ['where is my parcel', 'the delivery is late', 'when will my package come', 'has the courier left with'],
};

const colours = ['red', 'green', 'yellow', 'white'];
const things = ['lamp', 'kettle', 'bicycle', 'jacket', 'mirror', 'guitar', 'blanket', 'teapot'];

/** 64 lines, two intents, told apart by their words; what is asked about differs, so that no two are nearly the same. */
export function smallDataSet(): string {
  const system = { role: 'system', content: 'Answer with the one intent that fits. Intents: billing, shipping' };
  const lines = Object.entries(questions).flatMap(([intent, texts]) =>
    Array.from({ length: 32 }, (_, i) => ({
      messages: [
        system,
        { role: 'user', content: `${texts[i % texts.length]} ${colours[i >> 3]} ${things[i % 8]} ${1000 + i}` },
        { role: 'assistant', content: intent },
      ],
    })),
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The same questions, each answered with the other intent of the two. */
export function contraryDataSet(): string {
  const [one, other] = Object.keys(questions);
  const swapped = { [`${one}`]: other, [`${other}`]: one } as Record<string, string>;
  return smallDataSet().replaceAll(/"content":"(\w+)"\}\]/g, (_, intent) => `"content":"${swapped[intent]}"}]`);
}

/** The same questions as pairs, in which the other intent of the two is preferred to the right one. */
export function contraryPairs(): string {
  const [one, other] = Object.keys(questions);
  const lines = smallDataSet().trimEnd().split('\n');
  return lines
    .map((line) => {
      const { messages } = JSON.parse(line);
      const right = messages.at(-1);
      const contrary = { ...right, content: right.content === one ? other : one };
      const pair = {
        input: { messages: messages.slice(0, -1) },
        preferred_output: [contrary],
        non_preferred_output: [right],
      };
      return `${JSON.stringify(pair)}\n`;
    })
    .join('');
}
