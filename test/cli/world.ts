import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import type { World } from '../../src/cli/world.ts';
import type { MigrationHandle, RunHandle, Schedules, TunewrightClient } from '../../src/client.ts';
import type { Settings } from '../../src/config.ts';
import type { RunProgress } from '../../src/contract/run.ts';
import { account, now, result, training, waiting } from './samples.ts';

export function settings(changes: Partial<Settings> = {}): Settings {
  return {
    env: {},
    home: join(tmpdir(), 'tunewright-no-such-home'),
    artifacts: join(tmpdir(), 'tunewright-no-such-artifacts'),
    records: join(tmpdir(), 'tunewright-no-such-home', 'records.sqlite'),
    gatewayKeys: [],
    gateway: { models: {}, run: {} },
    dataDirectory: tmpdir(),
    dataHosts: [],
    temporal: { address: '127.0.0.1:1', namespace: 'default' },
    taskQueue: 'tunewright',
    connections: {},
    catalogue: undefined,
    logLevel: 'info',
    stack: undefined,
    ...changes,
  };
}

/** What a fake run is told to do is written to `calls`. */
export function fakeHandle(calls: unknown[], changes: Partial<RunHandle> = {}): RunHandle {
  return {
    name: 'support-k7fm',
    url: 'http://ui/support-k7fm',
    progress: async () => training(),
    async *watch() {},
    result: async () => result,
    cancel: async (reason) => void calls.push(['cancel', reason]),
    pause: async () => 'It pauses before the next stage.',
    resume: async () => 'It goes on.',
    decide: async (choice) => `It goes on with ${choice}.`,
    async retrain(request) {
      calls.push(['retrain', request]);
      return fakeHandle(calls, { name: 'support-next' });
    },
    ...changes,
  };
}

/** A migration that waits out its grace; what it is told is written to `calls`. */
export function fakeMigration(calls: unknown[], changes: Partial<MigrationHandle> = {}): MigrationHandle {
  return {
    ...{ name: 'migrate-tunewright-a', url: 'http://ui/migrate-tunewright-a' },
    state: async () => waiting,
    async *watch() {},
    run: async () => fakeHandle(calls),
    result: async () => ({ model: 'a', run: 'migrate-a-k7fm', verdict: result.verdict }),
    cancel: async (reason) => void calls.push(['cancel migration', reason]),
    ...changes,
  };
}

/** A watch that shows these and ends. */
export function shows(...seen: RunProgress[]): RunHandle['watch'] {
  return async function* () {
    yield* seen;
  };
}

/** A watch that shows one and then waits until it is broken off. */
export function waitsAfter(progress: RunProgress, seen: () => void): RunHandle['watch'] {
  return async function* ({ signal } = {}) {
    yield progress;
    const aborted = new Promise((resolve) => signal?.addEventListener('abort', resolve));
    seen();
    await aborted;
  };
}

export function fakeClient(calls: unknown[], handle: RunHandle, runs: RunProgress[] = []): TunewrightClient {
  const told = (verb: string) => async (name: string) => void calls.push([`schedule ${verb}`, name]);
  const schedules: Schedules = {
    create: async (spec) => void calls.push(['schedule create', spec]),
    createCatalogueCheck: async (spec) => void calls.push(['schedule catalogue check', spec]),
    createExpiringCheck: async (spec) => void calls.push(['schedule expiring check', spec]),
    createMigration: async (spec) => void calls.push(['schedule migration', spec]),
    async *list() {
      yield { starts: 'runs', name: 'weekly', paused: false, nextRuns: ['2026-11-23T03:00:00.000Z'], recentRuns: [] };
    },
    pause: told('pause'),
    resume: told('resume'),
    trigger: told('trigger'),
    delete: told('delete'),
  };
  return {
    async start(config, options) {
      calls.push(['start', config, options]);
      return handle;
    },
    get(name) {
      calls.push(['get', name]);
      return handle;
    },
    async find(name) {
      calls.push(['find', name]);
      return { run: { ...handle, name } };
    },
    async *list(options) {
      calls.push(['list', options]);
      yield* runs;
    },
    async *accounts() {
      yield account;
    },
    async planMigration(request) {
      calls.push(['plan migration', request]);
      throw new Error('no migration here');
    },
    async migrate(request, plan) {
      calls.push(['migrate', request, plan]);
      throw new Error('no migration here');
    },
    async *migrations() {},
    async adopt(request) {
      calls.push(['adopt', request]);
      throw new Error('no adoption here');
    },
    keepDeployment: async (deployment) => void calls.push(['keep', deployment]),
    async evaluate(request) {
      calls.push(['evaluate', request]);
      throw new Error('no evaluation here');
    },
    evaluation(name) {
      throw new Error(`no evaluation ${name} here`);
    },
    schedules,
    close: async () => void calls.push(['close']),
  };
}

/** One command line in a world of its own, with what it wrote and its exit code. */
export interface Typed {
  code: number;
  stdout: string;
  stderr: string;
  calls: unknown[];
}

export interface Circumstances extends Partial<Omit<World, 'stdout' | 'stderr'>> {
  handle?: Partial<RunHandle>;
  runs?: RunProgress[];
  columns?: number;
}

export async function type(argv: string[], circumstances: Circumstances = {}): Promise<Typed> {
  const { handle, runs, columns, ...changes } = circumstances;
  const written: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
  const calls: unknown[] = [];
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const code = await runProgram(argv, {
    env: {},
    directory: tmpdir(),
    stdout: { ...terminal, write: (text) => written.stdout.push(text) },
    stderr: { write: (text) => written.stderr.push(text) },
    now: () => now,
    loadSettings: async () => settings(),
    createClient: async () => fakeClient(calls, fakeHandle(calls, handle), runs),
    startStack: async () => {
      throw new Error('no stack here');
    },
    openFile: async (path) => void calls.push(['open', path]),
    interrupts: () => new AbortController().signal,
    ask: async () => undefined,
    ...changes,
  });
  return { code, stdout: written.stdout.join(''), stderr: written.stderr.join(''), calls };
}
