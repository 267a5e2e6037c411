import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type AdoptionRequest, type AdoptionResult, adoptionType } from '../../src/contract/adoption.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { untilServing } from '../../src/embedded/ready.ts';
import { runServer, type ServerProcess } from '../../src/embedded/server-process.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { temporalBinary, unique } from '../support/temporal.ts';

// The workflow alone, over activities that do nothing, on a server that asks for a new history after a few events.

const names = 60;
const longestHistory = 80;
const ref = { sha256: 'a'.repeat(64), bytes: 1, uri: 'file:///nowhere' };

let folder: string;
let address: string;
let server: ServerProcess;
beforeAll(async () => {
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  folder = await mkdtemp(join(tmpdir(), 'tunewright-adopt-'));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  const limit = `limit.historyCount.suggestContinueAsNew=${longestHistory}`;
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--dynamic-config-value', limit];
  server = await runServer(temporalBinary(), args, join(folder, 'temporal.log'));
  await untilServing('127.0.0.1', port, 'default', AbortSignal.timeout(300_000));
});
afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

test('an adoption that is larger than one history goes on in another, and loses and repeats nothing', async () => {
  const packed: number[] = [];
  const asked: string[] = [];
  const activities = {
    planAdoption: async () => ({ plan: ref, chains: names, accounts: [], passedOver: [] }),
    async adoptChain({ index }: { index: number }) {
      packed.push(index);
      return { adopted: 1, fuller: 0, known: 0, expectedUsd: 1, atMostUsd: 2 };
    },
    async askAdopted({ index, nth }: { index: number; nth: number }) {
      asked.push(`${index} ${nth}`);
      return { asked: true, usd: 1, more: nth === 0 && index % 10 === 0 };
    },
    sumUpAdoption: async () => ref,
  };
  const [connection, native] = [await Connection.connect({ address }), await NativeConnection.connect({ address })];
  const taskQueue = unique('adopt');
  const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: { codePath }, activities });
  const request: AdoptionRequest = { budgetUsd: 5_000, dryRun: false, by: 'kim' };
  try {
    await worker.runUntil(async () => {
      const { workflow } = new Client({ connection });
      const handle = await workflow.start(adoptionType, { taskQueue, workflowId: taskQueue, args: [request] });
      const result = (await handle.result()) as AdoptionResult;
      const older = Array.from({ length: names / 10 }, (_, at) => `${at * 10} 1`);
      expect(result).toMatchObject({ adopted: names, expectedUsd: names, asked: names + older.length });
      expect(packed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: names }, (_, index) => index));
      expect(asked.slice(0, names)).toEqual(Array.from({ length: names }, (_, index) => `${index} 0`));
      expect(asked.slice(names)).toEqual(older);
      expect((await handle.describe()).runId).not.toBe(handle.firstExecutionRunId);
    });
  } finally {
    await native.close();
    await connection.close();
  }
});
