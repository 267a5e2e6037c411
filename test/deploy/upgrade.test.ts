import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { checkTemporal } from '../../src/cli/doctor/temporal.ts';
import { createClient, type TunewrightClient } from '../../src/client.ts';
import { loadSettings, type Settings } from '../../src/config.ts';
import { searchAttributeTypes } from '../../src/contract/search-attributes.ts';
import { type DevServer, startDevServer } from '../../src/embedded/dev-server.ts';
import { runServer, type ServerProcess } from '../../src/embedded/server-process.ts';
import { standInConnection } from '../../src/platforms/registry.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { config, until } from '../faults/support/outcome.ts';
import { smallDataSet } from '../support/pipeline.ts';
import { temporalBinary } from '../support/temporal.ts';

// The upgrade of docs/deployment.md, command by command, on a server of its own: what is current counts for all of it.

const run = promisify(execFile);
/** How soon the server sees that a version has no runs left; minutes otherwise. */
const drainage = ['VisibilityGracePeriod="1s"', 'RefreshInterval="1s"'].flatMap((setting) => [
  '--dynamic-config-value',
  `matching.wv.VersionDrainageStatus${setting}`,
]);

let folder: string;
let server: DevServer;
let simulator: Simulator;
let client: TunewrightClient;
let settings: Settings;
const workers: Record<string, ServerProcess> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-upgrade-'));
  const binary = join(folder, 'temporal');
  await writeFile(
    binary,
    `#!/bin/sh\nexec '${temporalBinary()}' "$@" ${drainage.map((one) => `'${one}'`).join(' ')}\n`,
    {
      mode: 0o755,
    },
  );
  server = await startDevServer({
    binary,
    headless: true,
    searchAttributes: searchAttributeTypes,
    logFile: join(folder, 'temporal.log'),
  });
  simulator = await startSimulator({ dataDir: join(folder, 'simulator') });
  client = await createClient({ address: server.address });
  await writeFile(join(folder, 'data.jsonl'), smallDataSet());
  const connections = { simulator: standInConnection(simulator.url) };
  await writeFile(join(folder, 'tunewright.json'), JSON.stringify({ connections }));
  settings = loadSettings({ TEMPORAL_ADDRESS: server.address, TUNEWRIGHT_HOME: folder }, folder);
});

afterAll(async () => {
  await Promise.all(Object.values(workers).map((worker) => worker.kill()));
  await client?.close();
  await simulator?.close();
  await server?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** The workflow of the second version begins with a timer: a history of the first one cannot be replayed by it. */
async function bundleOf(buildId: string): Promise<string> {
  const bundle = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
  if (buildId === '1') return bundle;
  const code = await readFile(bundle, 'utf8');
  const changed = code.replace(
    /const sources = await /,
    'await (0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.sleep)(1);\n$&',
  );
  expect(changed).not.toBe(code);
  const path = join(folder, `bundle-${buildId}.js`);
  await writeFile(path, changed);
  return path;
}

async function startVersion(buildId: string): Promise<void> {
  const script = fileURLToPath(new URL('worker.ts', import.meta.url));
  workers[buildId] = await runServer(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script],
    join(folder, `worker-${buildId}.log`),
    {
      PATH: process.env.PATH,
      HOME: folder,
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_DEPLOYMENT_NAME: 'tunewright',
      TEMPORAL_WORKER_BUILD_ID: buildId,
      TUNEWRIGHT_HOME: folder,
      TUNEWRIGHT_DATA: folder,
      TUNEWRIGHT_CONFIG: join(folder, 'tunewright.json'),
      TUNEWRIGHT_TEST_BUNDLE: await bundleOf(buildId),
    },
  );
}

/** A command as an operator types it. */
async function type(command: string): Promise<string> {
  const env = { ...process.env, HOME: folder, TEMPORAL_ADDRESS: server.address };
  return (await run(temporalBinary(), command.split(' ').slice(1), { env })).stdout;
}

const makeCurrent = async (buildId: string) =>
  await type(`temporal worker deployment set-current-version --deployment-name tunewright --build-id ${buildId} --yes`);

async function drainageOf(buildId: string): Promise<string | undefined> {
  const command = `temporal worker deployment describe-version --deployment-name tunewright --build-id ${buildId} -o json`;
  return JSON.parse(await type(command)).drainageInfo?.drainageStatus;
}

const workersFinding = async () => (await checkTemporal(settings)).find(({ subject }) => subject === 'workers');

/** Of an execution: the versions whose workers advanced it, the processes that did its activities, its timers. */
async function historyOf(name: string, runId?: string) {
  const connection = await Connection.connect({ address: server.address });
  const { events } = await new Client({ connection }).workflow.getHandle(name, runId).fetchHistory();
  await connection.close();
  const all = events ?? [];
  const distinct = (values: unknown[]) => [...new Set(values.filter((value) => value !== undefined))];
  return {
    versions: distinct(all.map((event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId)),
    processes: distinct(all.map((event) => event.activityTaskStartedEventAttributes?.identity?.split('@')[0])),
    timers: all.filter((event) => event.timerStartedEventAttributes).length,
  };
}

const first = () => ({ versions: ['1'], processes: [String(workers['1']?.pid)], timers: 0 });
const second = () => ({ versions: ['2'], processes: [String(workers['2']?.pid)], timers: 1 });

test('an upgrade: old runs end on the old version, new and retrained ones begin on the new version', async () => {
  await startVersion('1');
  expect(await until(workersFinding, (finding) => finding?.level === 'fail')).toEqual({
    level: 'fail',
    subject: 'workers',
    message: 'no version of tunewright is current: runs that are started wait',
    advice: 'temporal worker deployment set-current-version --deployment-name tunewright --build-id 1',
  });
  const [old, retrained] = [
    await client.start(config, { name: 'old' }),
    await client.start(config, { name: 'retrained' }),
  ];
  simulator.set({ trainingSeconds: 3_600 });
  await makeCurrent('1');
  expect(await workersFinding()).toMatchObject({ level: 'ok', message: 'of tunewright 1, which is current' });
  for (const one of [old, retrained]) {
    await until(
      async () => (await one.progress()).live?.platformStatus,
      (status) => status === 'running',
    );
  }

  await startVersion('2');
  await until(
    async () => await makeCurrent('2').catch(() => ''),
    (answer) => answer !== '',
  );
  simulator.set({ trainingSeconds: 0 });
  const fresh = await client.start(config, { name: 'fresh' });
  await fresh.result();
  const { runId } = await retrained.progress();
  await retrained.retrain({});
  await retrained.result();
  expect(await historyOf('fresh')).toEqual(second());
  expect(await historyOf('retrained', runId)).toEqual(first());
  expect(await historyOf('retrained')).toEqual(second());

  await old.pause();
  await old.resume();
  expect(await drainageOf('1')).toBe('draining');
  simulator.advanceClock(3_600_000);
  const { comparison } = await old.result();
  expect(comparison.tuned.score.value).toBe(1);
  expect(await historyOf('old')).toEqual(first());
  await until(
    async () => await drainageOf('1'),
    (status) => status === 'drained',
  );
  await workers['1']?.stop();
  expect(await workers['1']?.ended).toBe('ended with exit code 0');
  expect((await old.progress()).status).toBe('succeeded');
});
