import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkArtifacts } from '../../src/cli/doctor/artifacts.ts';
import { checkClock } from '../../src/cli/doctor/clock.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { checkDataDirectory, checkDisk } from '../../src/cli/doctor/machine.ts';
import type { Settings } from '../../src/config.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { testTemporal } from '../support/temporal.ts';
import { settings, type } from './world.ts';

let folder: string;
let simulator: Simulator;
let healthy: Settings;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
  simulator = await startSimulator({ dataDir: join(folder, 'simulator') });
  healthy = settings({
    home: folder,
    artifacts: join(folder, 'artifacts'),
    records: join(folder, 'records.sqlite'),
    dataDirectory: folder,
    temporal: { address: testTemporal(), namespace: 'default' },
    env: { SIMULATOR_KEY: 'k' },
    connections: {
      simulator: { platform: 'openai', baseURL: simulator.url, apiKeyEnv: 'SIMULATOR_KEY', simulated: true },
      other: { platform: 'openai', apiKeyEnv: 'OTHER_KEY' },
    },
  });
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function doctor(argv: string[], changes: Partial<Settings> = {}): Promise<{ code: number; findings: Finding[] }> {
  const typed = await type(['doctor', '--json', ...argv], { loadSettings: async () => ({ ...healthy, ...changes }) });
  return { code: typed.code, findings: JSON.parse(typed.stdout) };
}

const levels = (findings: Finding[]) => Object.fromEntries(findings.map(({ subject, level }) => [subject, level]));

test('all well: a connection without a key is not set up, which is no failure', async () => {
  const { code, findings } = await doctor([]);
  expect(levels(findings)).toEqual({
    'Node.js': 'ok',
    Temporal: 'ok',
    namespace: 'ok',
    'search attributes': 'ok',
    workers: 'skip',
    'connection simulator': 'ok',
    'connection other': 'skip',
    'artifact store': 'ok',
    records: 'ok',
    'data directory': 'ok',
    'free disk': 'ok',
    clock: 'ok',
  });
  expect(code).toBe(0);
});

test('a connection that is named must have its key', async () => {
  const { code, findings } = await doctor(['--connection', 'other']);
  expect(code).toBe(1);
  expect(levels(findings)).toMatchObject({ 'connection other': 'fail' });
  expect(levels(findings)).not.toHaveProperty('connection simulator');
});

test('a model of the catalogue that the platform does not offer is told, which is no failure', async () => {
  const usual = healthy.connections.simulator as Settings['connections'][string];
  const models = [{ id: 'never-was', methods: ['supervised'], encoding: 'o200k_base', trainingContextTokens: 1_000 }];
  const connections = { simulator: { ...usual, catalogue: { models } } };
  const { code, findings } = await doctor(['--connection', 'simulator'], { connections });
  expect(code).toBe(0);
  expect(findings.filter(({ subject }) => subject === 'catalogue of simulator')).toEqual([
    {
      level: 'warn',
      subject: 'catalogue of simulator',
      message: 'never-was is in the catalogue, but the platform does not offer it.',
      advice: "Mend it in the connection's catalogue, or in the file of TUNEWRIGHT_CATALOGUE.",
    },
  ]);
});

test('a namespace that is not there', async () => {
  const { code, findings } = await doctor([], { temporal: { address: testTemporal(), namespace: 'nowhere' } });
  expect(code).toBe(1);
  expect(findings).toContainEqual(
    expect.objectContaining({
      level: 'fail',
      subject: 'namespace',
      advice: 'Create it (temporal operator namespace create --namespace nowhere), or set TEMPORAL_NAMESPACE.',
    }),
  );
});

test('an artifact store and a data directory that cannot be used', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  expect(await checkArtifacts({ ...healthy, artifacts: join(file, 'below') })).toMatchObject({ level: 'fail' });
  expect(await checkDataDirectory({ ...healthy, dataDirectory: join(folder, 'none') })).toMatchObject({
    level: 'fail',
    advice: 'Point TUNEWRIGHT_DATA at a folder that this user may read.',
  });
});

test.each([
  [3, 'ok'],
  [1, 'warn'],
  [0.05, 'fail'],
])('%d GiB of free disk: %s', async (gibibytes, level) => {
  expect(await checkDisk(healthy, async () => gibibytes * 1024 ** 3)).toMatchObject({ level });
});

test('free disk is that of the nearest folder there is', async () => {
  expect(await checkDisk({ ...healthy, artifacts: join(folder, 'not', 'yet') })).toMatchObject({ level: 'ok' });
});

describe('the clock', () => {
  const theirs = Date.parse('2026-11-22T12:00:00Z');
  let server: Server;
  let connections: Settings['connections'];
  beforeAll(async () => {
    server = createServer((_, response) => response.setHeader('date', new Date(theirs).toUTCString()).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    connections = { far: { platform: 'openai', baseURL } };
  });
  afterAll(() => server.close());

  test.each([
    [0, 'ok', '0 s ahead of'],
    [-20, 'ok', '20 s behind'],
    [60, 'warn', '60 s ahead of'],
    [-400, 'fail', '400 s behind'],
  ])('%d s off: %s', async (seconds, level, message) => {
    const finding = await checkClock({ ...healthy, connections }, () => theirs + seconds * 1000);
    expect(finding).toMatchObject({ level, message: expect.stringContaining(message) });
  });

  test('is not compared where nobody tells the time', async () => {
    expect(await checkClock({ ...healthy, connections: {} })).toEqual({
      level: 'skip',
      subject: 'clock',
      message: 'not compared: no connection names its address (baseURL)',
    });
    const nobody = { far: { platform: 'openai', baseURL: 'http://127.0.0.1:1' } };
    expect(await checkClock({ ...healthy, connections: nobody })).toMatchObject({ level: 'skip' });
  });
});

test('records that cannot be opened are told, without the password', async () => {
  const { findings } = await doctor([], { records: 'postgres://tunewright:hunter2@127.0.0.1:1/records' });
  expect(findings.find(({ subject }) => subject === 'records')).toMatchObject({ level: 'fail' });
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});
