import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TunewrightError } from '../../src/contract/errors.ts';
import type { FileToUpload, JobSpec, RemoteJob, TrainingPlatform } from '../../src/platforms/platform.ts';
import { type Connections, createPlatforms } from '../../src/platforms/registry.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';

/** The key of every connection here: it must never show up in a message. */
export const apiKey = 'sk-test-0123456789abcdef';

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A simulated platform of a test's own and the adapter connected to it. */
export interface Bench {
  simulator: Simulator;
  platform: TrainingPlatform;
  /** A file on disk under this name. */
  file(name: string, content?: string): Promise<FileToUpload>;
  /** Makes every request of this method and path countable. */
  count(method: string, path: string): () => number;
}

export async function bench(
  options: Partial<SimulatorOptions> = {},
  connection: Record<string, unknown> | ((simulatorUrl: string) => Connections[string]) = {},
): Promise<Bench> {
  const folder = await temporaryFolder();
  const simulator = await startSimulator({ dataDir: join(folder, 'simulator'), ...options });
  cleanups.push(() => simulator.close());
  return {
    simulator,
    platform: typeof connection === 'function' ? open(connection(simulator.url)) : connected(simulator.url, connection),
    async file(name, content = examples(20)) {
      const path = join(folder, name);
      await writeFile(path, content);
      return { path, name, bytes: Buffer.byteLength(content) };
    },
    count(method, path) {
      const id = simulator.faults.add({ kind: 'delay', ms: 0, times: -1, method, path });
      return () => simulator.faults.list().find((rule) => rule.id === id)?.seen ?? Number.NaN;
    },
  };
}

/** The adapter for an endpoint at that address. */
export function connected(baseURL: string, settings: Record<string, unknown> = {}): TrainingPlatform {
  return open({ platform: 'openai', baseURL, timeoutSeconds: 60, ...settings });
}

function open(connection: Connections[string]): TrainingPlatform {
  return createPlatforms({ here: connection }, { env: { OPENAI_API_KEY: apiKey, HOOK_SECRET: hookSecret } }).get(
    'here',
  );
}

export const hookSecret = `whsec_${Buffer.from('known to both sides').toString('base64')}`;

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-platforms-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

interface Request {
  method: string;
  /** Path with its query. */
  url: string;
  body: string;
}

/** An endpoint that answers as `answer` does, for what a simulator would never say; keeps what it was asked. */
export async function endpoint(
  answer: (request: Request, response: ServerResponse) => unknown,
): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const request = { method: incoming.method ?? '', url: incoming.url ?? '', body: await bodyOf(incoming) };
    requests.push(request);
    const json = answer(request, response);
    if (json === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  return body;
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `count` easy chat examples over two intents. */
export function examples(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => ({
    messages: [
      { role: 'user', content: `${i % 2 ? 'I want my money back for order' : 'where is my parcel'} ${i}` },
      { role: 'assistant', content: i % 2 ? 'refund' : 'delivery' },
    ],
  }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A job on the file, with what a test changes. */
export function spec(trainingFileId: string, changes: Partial<JobSpec> = {}): JobSpec {
  return {
    key: 'key-1',
    runName: 'run-1',
    model: 'stand-in-mini',
    trainingFileId,
    method: 'supervised',
    hyperparameters: { epochs: 'auto', batchSize: 'auto', learningRateMultiplier: 'auto' },
    seed: 7,
    ...changes,
  };
}

/** A job on a new file of its own. */
export async function newJob(at: Bench, changes: Partial<JobSpec> = {}): Promise<RemoteJob> {
  const file = await at.platform.uploadFile(await at.file('train.jsonl'), {});
  return await at.platform.createJob(spec(file.id, changes));
}

/** Polls for the job until it is so; 10 minutes at most, or an endless loop would outlive its test. */
export async function until(
  platform: TrainingPlatform,
  id: string,
  so: (job: RemoteJob) => boolean = (job) => job.state === 'succeeded',
): Promise<RemoteJob> {
  const deadline = performance.now() + 600_000;
  for (;;) {
    const job = await platform.getJob(id);
    if (so(job)) return job;
    if (performance.now() > deadline) throw new Error(`still waiting after 10 minutes at ${JSON.stringify(job)}`);
    await pause(20);
  }
}

/** The named error with which a call ends. */
export async function failureOf(call: Promise<unknown>): Promise<TunewrightError> {
  const error = await call.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof TunewrightError) return error;
  throw new Error(`expected a named error, got ${String(error)}`, { cause: error });
}

/** A stream of bytes as text. */
export async function textOf(content: AsyncIterable<Uint8Array> = nothing()): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* nothing() {}
