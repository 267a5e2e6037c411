import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { searchAttributeTypes } from '../src/contract/search-attributes.ts';
import { findBinary } from '../src/embedded/binary.ts';
import { startDevServer } from '../src/embedded/dev-server.ts';
import { temporalCli } from '../src/embedded/pinned.ts';
import { accepts, freePort } from '../src/embedded/ports.ts';
import { runServer } from '../src/embedded/server-process.ts';
import { openRecords } from '../src/records/index.ts';
import { newVersion } from '../test/records/support/samples.ts';
import { type Figure, median } from './support/figure.ts';
import { say } from './support/output.ts';
import type { Sizes } from './support/sizes.ts';
import { residentBytes } from './support/usage.ts';
import { environmentOf } from './support/worker-process.ts';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const answering = fileURLToPath(new URL('./support/answering.ts', import.meta.url));
const quiet = '--disable-warning=ExperimentalWarning';
const key = 'a-key-of-the-bench';

const sequential = 1_500;
const atOnce = 16;
const burstMs = 4_000;
const reachMs = 2;
const reachShare = 0.5;
const reachGrowth = 1.2;

/** Three ways to the same answer. */
const ways = ['direct', 'proxy', 'gateway'] as const;
type Way = (typeof ways)[number];

interface World {
  urls: Record<Way, string>;
  gatewayPid: number;
  close(): Promise<void>;
}

/** What the OpenAI-compatible route costs, beside the upstream itself and a bare proxy of the same framework. */
export async function gateway({ rounds }: Sizes): Promise<Figure[]> {
  const world = await open();
  try {
    const figures: Figure[] = [];
    for (const stream of [false, true]) figures.push(...(await measured(world, stream, rounds)));
    figures.push(await memory(world));
    return figures;
  } finally {
    await world.close();
  }
}

async function measured({ urls }: World, stream: boolean, rounds: number): Promise<Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  try {
    const body = question(stream);
    for (const way of ways) await burst(urls[way], body, agent, burstMs / 2);
    const latencies: Record<Way, number[]> = { direct: [], proxy: [], gateway: [] };
    // One after another in turns, so that what else this machine does falls upon all three.
    for (let i = 0; i < sequential; i++) {
      for (const way of ways) latencies[way].push(await timed(urls[way], body, agent));
    }
    const rates: Record<Way, number[]> = { direct: [], proxy: [], gateway: [] };
    for (let round = 0; round < rounds; round++) {
      for (const way of ways) rates[way].push(await burst(urls[way], body, agent, burstMs));
    }
    return figuresOf(stream ? 'streamed' : 'not streamed', latencies, rates);
  } finally {
    agent.destroy();
  }
}

function figuresOf(kind: string, latencies: Record<Way, number[]>, rates: Record<Way, number[]>): Figure[] {
  const p50 = (way: Way) => median(latencies[way]);
  const rate = (way: Way) => median(rates[way]);
  const added = p50('gateway') - p50('direct');
  const share = rate('gateway') / rate('proxy');
  return [
    {
      what: `added latency of an answer ${kind}, p50 of ${sequential}`,
      measured: `${added.toFixed(2)} ms`,
      reach: { bound: `<= ${reachMs} ms`, kept: added <= reachMs },
      baseline: `${(p50('proxy') - p50('direct')).toFixed(2)} ms by a bare proxy; ${p50('direct').toFixed(2)} ms directly`,
    },
    {
      what: `requests a second, ${kind}, ${atOnce} at once`,
      measured: `${rate('gateway').toFixed(0)}, ${(share * 100).toFixed(0)}% of a bare proxy`,
      reach: { bound: `>= ${reachShare * 100}%`, kept: share >= reachShare },
      baseline: `${rate('proxy').toFixed(0)} by a bare proxy; ${rate('direct').toFixed(0)} directly`,
    },
  ];
}

/** After as many bursts again as it takes to see whether something is kept. */
async function memory({ urls, gatewayPid }: World): Promise<Figure> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const taken: number[] = [];
  let requests = 0;
  for (let third = 0; third < 3; third++) {
    for (const stream of [false, true]) {
      requests += (await burst(urls.gateway, question(stream), agent, 2 * burstMs)) * 2 * (burstMs / 1000);
    }
    taken.push(await residentBytes(gatewayPid));
  }
  agent.destroy();
  const [, middle = 0, last = 0] = taken;
  return {
    what: `memory of the gateway after ${Math.round(requests / 1000)} thousand more requests`,
    measured: mebibytes(last),
    reach: { bound: `<= ${reachGrowth} times after two thirds`, kept: last <= reachGrowth * middle },
    baseline: taken.map(mebibytes).join(', '),
  };
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

/** As large as a question of a support desk with its instructions. */
function question(stream: boolean): string {
  const messages = [
    { role: 'system', content: 'Answer with the one intent that fits. '.repeat(30) },
    { role: 'user', content: 'Where is my parcel?' },
  ];
  return JSON.stringify({ messages, temperature: 0, user: 'user-1', model: 'support-intents', stream });
}

/** Requests a second. */
async function burst(url: string, body: string, agent: Agent, ms: number): Promise<number> {
  const begun = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - begun < ms) {
      await timed(url, body, agent);
      done++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return done / ((performance.now() - begun) / 1000);
}

/** Milliseconds until the whole answer is there. */
async function timed(url: string, body: string, agent: Agent): Promise<number> {
  const begun = performance.now();
  await new Promise<void>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`${url} answers ${answer.statusCode}`));
      });
      answer.once('error', reject);
    })
      .once('error', reject)
      .end(body);
  });
  return performance.now() - begun;
}

async function open(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  const start = async (args: string[], port: number, env?: NodeJS.ProcessEnv) => {
    const server = await runServer(process.execPath, [quiet, ...args], join(folder, `${port}.log`), env);
    closing.push(server.stop);
    const died = server.ended.then(async (how) =>
      Promise.reject(new Error(`${args[0]} ${how}: ${await server.logTail()}`)),
    );
    await Promise.race([untilItAccepts(port), died]);
    died.catch(() => {});
    return server.pid;
  };
  try {
    const { address, stop } = await startDevServer({
      binary: await findBinary(temporalCli, { note: say }),
      dbFile: join(folder, 'temporal.db'),
      headless: true,
      searchAttributes: searchAttributeTypes,
      logFile: join(folder, 'temporal.log'),
    });
    closing.push(stop);
    const [upstream, proxy, port] = [await freePort(), await freePort(), await freePort()];
    await start([answering, 'upstream', String(upstream)], upstream);
    await start([answering, 'proxy', String(proxy), `http://127.0.0.1:${upstream}`], proxy);
    const env = await registered(folder, address, `http://127.0.0.1:${upstream}/v1`);
    const gatewayPid = await start([main, 'gateway', '--port', String(port)], port, env);
    const path = '/v1/chat/completions';
    const urls = {
      direct: `http://127.0.0.1:${upstream}${path}`,
      proxy: `http://127.0.0.1:${proxy}${path}`,
      gateway: `http://127.0.0.1:${port}/openai${path}`,
    };
    return { urls, gatewayPid, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Records in which the model has a champion; answers the environment of a gateway that knows them. */
async function registered(folder: string, address: string, baseURL: string): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {
    ...environmentOf(folder, address),
    TUNEWRIGHT_GATEWAY_KEYS: `bench:${key}`,
    BENCH_KEY: 'none',
  };
  const upstream = { platform: 'openai', baseURL, apiKeyEnv: 'BENCH_KEY' };
  await writeFile(env.TUNEWRIGHT_CONFIG ?? '', JSON.stringify({ connections: { upstream } }));
  const records = await openRecords(join(folder, 'records.sqlite'));
  const version = newVersion(1, { connection: 'upstream' });
  await records.registerVersion(version);
  await records.promote({ model: version.model, by: 'bench', requestId: 'first', version: 1 });
  await records.close();
  return env;
}

async function untilItAccepts(port: number): Promise<void> {
  while (!(await accepts('127.0.0.1', port))) await setTimeout(20);
}
