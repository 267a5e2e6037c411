import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { testTemporal, unique } from '../support/temporal.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** The command line as a process, up to the first line of its answer. */
async function answering(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...argv, '--json'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', TEMPORAL_ADDRESS: testTemporal(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const ended = once(child, 'close');
  const notes: string[] = [];
  child.stderr.on('data', (chunk) => notes.push(String(chunk)));
  const first = await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    answer: JSON.parse(String(first[0])),
    async interrupt(signal: NodeJS.Signals) {
      child.kill(signal);
      const [code] = await ended;
      return { code, stderr: notes.join('') };
    },
  };
}

test.each(['SIGINT', 'SIGTERM'] as const)('the simulator ends cleanly at %s', async (signal) => {
  const simulator = await answering(['simulator', '--port', '0', '--data-dir', 'state']);
  const { status } = await fetch(simulator.answer.url.replace(/\/v1$/, '/health'));
  expect(status).toBe(200);
  expect(await simulator.interrupt(signal)).toEqual({ code: 0, stderr: '' });
});

test('the gateway serves and ends cleanly', async () => {
  const gateway = await answering(['gateway', '--port', '0']);
  expect(gateway.answer.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await gateway.interrupt('SIGTERM')).toEqual({ code: 0, stderr: '' });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while a run is watched ends the watching with %d', async (signal, code) => {
  await writeFile(join(folder, 'run.yaml'), 'model: m\ndata: {train: a.jsonl}\nbudgetUsd: 1\n');
  const name = unique('interrupted');
  const run = await answering(['run', 'run.yaml', '--name', name], { TUNEWRIGHT_TASK_QUEUE: unique('nobody') });
  expect(run.answer).toEqual({ event: 'started', name });
  expect(await run.interrupt(signal)).toEqual({
    code,
    stderr: `Stopped watching; the run goes on.\n  tunewright watch ${name}\n  tunewright cancel ${name} --reason "..."\n`,
  });
});

test('a reader that has enough is no failure', async () => {
  const script = 'set -o pipefail; "$0" --disable-warning=ExperimentalWarning "$1" --help | head -n 1';
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, main], { env });
  expect({ stdout, stderr }).toEqual({ stdout: 'Usage: tunewright [options] [command]\n', stderr: '' });
});

test('an older Node is refused with one line, before anything is imported', async () => {
  const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.12.0" } })';
  const argv = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    `data:text/javascript,${encodeURIComponent(pretend)}`,
  ];
  const env = { ...process.env, NODE_OPTIONS: '' };
  await expect(promisify(execFile)(process.execPath, [...argv, main, '--help'], { env })).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'error: tunewright needs Node.js 22.13 or newer; this is 22.12.0.\n',
  });
});

test.each([
  ['worker', { TEMPORAL_ADDRESS: 'https://cluster.example:7233' }, '"https://cluster.example:7233" is no address'],
  ['list', { TEMPORAL_ADDRESS: 'https://cluster.example:7233' }, '"https://cluster.example:7233" is no address'],
  ['worker', { TEMPORAL_NAMESPACE: 'nowhere' }, 'has no namespace "nowhere"'],
  ['list', { TEMPORAL_NAMESPACE: 'nowhere' }, 'has no namespace "nowhere"'],
  ['accounts', { TEMPORAL_NAMESPACE: 'nowhere' }, 'has no namespace "nowhere"'],
  ['schedules list', { TEMPORAL_NAMESPACE: 'nowhere' }, 'has no namespace "nowhere"'],
])('`%s` ends at once where Temporal is named wrongly: %j', async (command, wrong, says) => {
  const env = { ...process.env, NODE_OPTIONS: '', TEMPORAL_ADDRESS: testTemporal(), ...wrong };
  const argv = ['--disable-warning=ExperimentalWarning', main, ...command.split(' ')];
  await expect(promisify(execFile)(process.execPath, argv, { cwd: folder, env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(says),
  });
});
