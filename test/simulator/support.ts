import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { validatingFetch } from './schemas.ts';

/** A simulator of a test's own and an official client for it. */
export interface Bench {
  dataDir: string;
  sim: Simulator;
  client: OpenAI;
  /** `path` relative to the server's root; JSON in and out, with an admin's or a client's eyes. */
  http(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<HttpAnswer>;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  json: unknown;
}

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'simulator-test-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/** Registers what a test must undo even when it fails. */
export function onEnd(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

export async function bench(options: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const dataDir = options.dataDir ?? (await tempDir());
  const sim = await startSimulator({ models: ALIVE, ...options, dataDir });
  let open = true;
  const close = sim.close;
  sim.close = async () => {
    if (open) await close();
    open = false;
  };
  cleanups.push(() => sim.close());
  return { dataDir, sim, client: clientFor(sim.url), http: httpFor(sim.url) };
}

/** Dates far away, so that the tests do not end with the real models. */
const ALIVE = {
  'gpt-4.1-mini': { shutdownDate: '2999-01-01' },
  'gpt-4.1-nano': { shutdownDate: '2999-01-01' },
};

/** The official client; every JSON answer it gets is checked against OpenAI's description where that is at hand. */
export function clientFor(
  url: string,
  options: { validate?: boolean; apiKey?: string; timeout?: number } = {},
): OpenAI {
  return new OpenAI({
    apiKey: options.apiKey ?? 'sk-test',
    baseURL: url,
    maxRetries: 0,
    ...(options.timeout !== undefined && { timeout: options.timeout }),
    ...(options.validate !== false && { fetch: validatingFetch }),
  });
}

function httpFor(url: string): Bench['http'] {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, json: await answer.json() };
  };
}

const QUESTIONS: Record<string, string> = {
  card_lost: 'my bank card is lost please block it',
  refund: 'I want my money back for the order',
  password: 'I cannot log in and must reset my password',
  delivery: 'where is the parcel I ordered',
};

/** `count` easy chat examples over four intents. */
export function chatLines(count: number): string {
  const intents = Object.entries(QUESTIONS);
  const lines = Array.from({ length: count }, (_, index) => {
    const [intent, question] = intents[index % intents.length] as [string, string];
    const messages = [
      { role: 'user', content: `${question} number ${index}` },
      { role: 'assistant', content: intent },
    ];
    return JSON.stringify({ messages });
  });
  return `${lines.join('\n')}\n`;
}

/** `count` pairs of answers to the same questions: a polite one is preferred to the bare intent. */
export function pairLines(count: number): string {
  const intents = Object.entries(QUESTIONS);
  const lines = Array.from({ length: count }, (_, index) => {
    const [intent, question] = intents[index % intents.length] as [string, string];
    return JSON.stringify({
      input: {
        messages: [{ role: 'user', content: `${question} number ${index}` }],
        tools: [],
        parallel_tool_calls: true,
      },
      preferred_output: [{ role: 'assistant', content: polite(intent) }],
      non_preferred_output: [{ role: 'assistant', content: intent }],
    });
  });
  return `${lines.join('\n')}\n`;
}

/** The preferred answer of `pairLines` for an intent. */
export const polite = (intent: string) => `Thank you for asking. This is about ${intent}.`;

export async function uploadText(client: OpenAI, text: string, purpose: 'fine-tune' | 'batch' = 'fine-tune') {
  return client.files.create({ file: await toFile(Buffer.from(text), 'data.jsonl'), purpose });
}

type Job = OpenAI.FineTuning.FineTuningJob;

/** A job on a new training file; `seed` is fixed. */
export async function createJob(
  client: OpenAI,
  options: Partial<OpenAI.FineTuning.JobCreateParams> & { lines?: string } = {},
): Promise<Job> {
  const { lines, ...params } = options;
  const training_file = params.training_file ?? (await uploadText(client, lines ?? chatLines(40))).id;
  return client.fineTuning.jobs.create({ model: 'gpt-4.1-mini', seed: 1, ...params, training_file });
}

/** Polls until `done` says so, for 10 minutes at most: an endless loop would outlive its test. */
export async function until<T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 600_000;
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    if (performance.now() > deadline) throw new Error(`still waiting after 10 minutes at ${JSON.stringify(value)}`);
    await pause(20);
  }
}

/** Waits for a job to end. */
export function ended(client: OpenAI, id: string): Promise<Job> {
  const over = ['succeeded', 'failed', 'cancelled'];
  return until(
    () => client.fineTuning.jobs.retrieve(id),
    (job) => over.includes(job.status),
  );
}

/** A finished job, its model's name among it. */
export async function trained(client: OpenAI, options: Parameters<typeof createJob>[1] = {}) {
  const job = await ended(client, (await createJob(client, options)).id);
  if (job.fine_tuned_model === null) throw new Error(`job ended ${job.status}: ${JSON.stringify(job.error)}`);
  return { ...job, fine_tuned_model: job.fine_tuned_model };
}

/** What the model answers to one question. */
export async function ask(client: OpenAI, model: string, question: string): Promise<string | null> {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: question }] });
  return completion.choices[0]?.message.content ?? null;
}

/** The error a promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OpenAI.APIError)) throw new Error(`expected an API error, got ${String(error)}`);
  return error;
}
