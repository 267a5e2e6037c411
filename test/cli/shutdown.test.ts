import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunHandle } from '../../src/client.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import type { FaultRule } from '../../src/simulator/index.ts';
import { until as eventually } from '../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { until } from '../support/watching.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Longer than a busy machine takes for what it does at once. */
const longMs = 300_000;
const chat = { kind: 'delay', ms: 1_000, path: '/v1/chat/completions', times: -1 } satisfies FaultRule;
const parts = { kind: 'delay', ms: 200, path: '/v1/uploads/*/parts', times: -1 } satisfies FaultRule;

let at: Pipeline;
const started: ChildProcess[] = [];

beforeEach(async () => {
  at = await pipeline();
  await at.stopWorkers();
  // Small parts, so that the files of a small data set have many.
  const limits = { fileBytes: 1_500, partBytes: 1_000, parallelParts: 1 };
  const simulator = standInConnection(at.simulator.url);
  const connections = { simulator: { ...simulator, catalogue: { ...simulator.catalogue, limits } } };
  await writeFile(join(at.folder, 'tunewright.json'), JSON.stringify({ connections }));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await at.close();
});

/** A command of the command line as a process of its own. */
function start(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...argv], {
    cwd: at.folder,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      TEMPORAL_ADDRESS: at.settings.temporal.address,
      TUNEWRIGHT_HOME: at.folder,
      TUNEWRIGHT_TASK_QUEUE: at.settings.taskQueue,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const ended = once(child, 'exit');
  return {
    child,
    /** Resolves to the exit code and the seconds it took, counted from the last signal. */
    async signal(...names: NodeJS.Signals[]) {
      for (const name of names) {
        child.kill(name);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const since = Date.now();
      const [code] = await ended;
      return { code, seconds: (Date.now() - since) / 1000 };
    },
  };
}

const worker = (seconds?: number) =>
  start(['worker'], seconds === undefined ? {} : { TUNEWRIGHT_SHUTDOWN_SECONDS: String(seconds) });

test('a worker that cannot open the records says so before there is a run, and lives on', async () => {
  const { child, signal } = start(['worker'], { TUNEWRIGHT_RECORDS: 'postgres://nobody:secret@127.0.0.1:1/none' });
  const said: string[] = [];
  for await (const text of child.stderr) {
    said.push(String(text));
    if (said.join('').includes('the records cannot be opened')) break;
  }
  expect(said.join('')).toMatch(/"level":40.*"type":"records_unavailable".*127\.0\.0\.1:1/);
  expect(said.join('')).not.toContain('secret');
  expect((await signal('SIGTERM')).code).toBe(0);
});

/** What the warm-up asks, and both models in their evaluations. */
const warmUp = 1;
const questions = 2 * 13;
const asked = () => Object.values(at.simulator.ledger().chat).reduce((sum, { requests }) => sum + requests, 0);
/** Questions are asked one by one of each of the two models. */
const evaluation = { concurrency: 1 };

/** A run of which the models have answered some questions. */
async function evaluating(name: string): Promise<RunHandle> {
  const run = await at.client.start(at.config({ evaluation }), { name });
  await until(run, 'evaluate');
  const before = asked();
  await eventually(asked, (count) => count >= before + 4);
  return run;
}

async function unharmed(run: RunHandle): Promise<void> {
  const { comparison } = await run.result();
  expect(comparison.tuned.score.value).toBe(1);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
}

/** Once the fault has struck so often. */
async function struck(fault: FaultRule, times: number): Promise<void> {
  const id = at.simulator.faults.add(fault);
  const count = () => at.simulator.faults.list().find((one) => one.id === id)?.struck ?? 0;
  await eventually(count, (now) => now >= times);
}

/** Both evaluations wait for an answer that does not come. */
async function hanging(name: string): Promise<RunHandle> {
  const run = await evaluating(name);
  at.simulator.faults.clear();
  await struck({ ...chat, ms: 10 * longMs, times: 2 }, 2);
  return run;
}

test('a worker that is told to end hands an evaluation over with every answer', async () => {
  at.simulator.faults.add(chat);
  const first = worker();
  const run = await evaluating('handed-over');
  const { code, seconds } = await first.signal('SIGTERM');
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(longMs / 1_000);
  expect((await run.progress()).live?.done).toBe(asked() - warmUp);
  at.simulator.faults.clear();
  worker();
  await unharmed(run);
  expect(asked()).toBe(warmUp + questions);
});

test('an answer that does not come in time is given up, those before it are handed over', async () => {
  at.simulator.faults.add(chat);
  const first = worker(1);
  const run = await hanging('in-time');
  const { code, seconds } = await first.signal('SIGTERM');
  expect(code).toBe(0);
  expect(seconds).toBeGreaterThan(0.5);
  expect(seconds).toBeLessThan(longMs / 1_000);
  expect((await run.progress()).live?.done).toBe(asked() - warmUp);
  worker();
  await unharmed(run);
  expect(asked()).toBe(warmUp + questions);
});

test('an upload in parts goes on with the missing ones', async () => {
  const first = worker(0);
  const run = await at.client.start(at.config());
  await struck(parts, 5);
  expect((await first.signal('SIGTERM')).code).toBe(0);
  worker();
  await unharmed(run);
  expect(at.simulator.ledger().totals.uploads).toBe(1);
  // Ten parts; the one that was under way is sent again.
  expect(at.simulator.faults.list()[0]?.struck).toBeLessThanOrEqual(11);
});

test('what does not end in time is left to its heartbeat timeout', async () => {
  const first = worker(0);
  await at.client.start(at.config());
  await struck({ kind: 'delay', ms: 10 * longMs, path: '/v1/fine_tuning/jobs/*' }, 1);
  const { code, seconds } = await first.signal('SIGTERM');
  expect(code).toBe(1);
  expect(seconds).toBeGreaterThan(3);
  expect(seconds).toBeLessThan(longMs / 1_000);
});

test('a second signal ends a worker at once, and nothing is left half-written', async () => {
  at.simulator.faults.add(chat);
  const first = worker(2 * (longMs / 1_000));
  await hanging('at-once');
  const { code, seconds } = await first.signal('SIGTERM', 'SIGTERM');
  expect(code).toBe(143);
  expect(seconds).toBeLessThan(longMs / 1_000);
  const store = join(at.folder, 'artifacts');
  const files = (await readdir(store, { recursive: true })).map((file) => file.split(sep)).filter((at) => at[1]);
  const whole = files.filter(([folder]) => folder !== 'tmp');
  expect(whole.length).toBeGreaterThan(2);
  for (const path of whole) {
    const hash = createHash('sha256').update(await readFile(join(store, ...path)));
    expect(hash.digest('hex')).toBe(path.join(''));
  }
});

test('a second signal ends a gateway that a client holds on to', async () => {
  const gateway = start(['gateway', '--port', '0', '--json']);
  const [line] = await once(gateway.child.stdout, 'data');
  const client = connect(Number(new URL(JSON.parse(String(line)).url).port), '127.0.0.1');
  client.on('error', () => {});
  await once(client, 'connect');
  client.write('POST /webhooks/simulator HTTP/1.1\r\nhost: localhost\r\n');
  expect(await gateway.signal('SIGTERM', 'SIGINT')).toMatchObject({ code: 143 });
  client.destroy();
});
