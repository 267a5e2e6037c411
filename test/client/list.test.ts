import { connect } from '../../src/client/connect.ts';
import { lastTold } from '../../src/client/live.ts';
import type { ListOptions } from '../../src/client.ts';
import { until } from '../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { training, until as untilStage } from '../support/watching.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
  await at.stopWorkers();
});
afterAll(async () => await at.close());

async function listed(name: string, options: ListOptions = {}) {
  for await (const run of at.client.list(options)) if (run.name === name) return run;
  return undefined;
}

test('a run that nobody has taken up yet is listed, and one that was terminated is listed as failed', async () => {
  const name = unique('nobody');
  await at.client.start(at.config(), { name });
  const waiting = await until(
    async () => await listed(name),
    (run) => run !== undefined,
  );
  expect(waiting).toMatchObject({ status: 'running', baseModel: 'stand-in-mini', stage: 'inspect' });
  expect(await listed(name, { status: 'running' })).toBeDefined();
  expect(await listed(name, { status: 'failed' })).toBeUndefined();

  const temporal = await connect(at.settings.temporal);
  await temporal.workflow.getHandle(name).terminate('test');
  await temporal.connection.close();
  const ended = await until(
    async () => await listed(name, { status: 'failed' }),
    (run) => run !== undefined,
  );
  expect(ended).toMatchObject({ status: 'failed', reason: { message: expect.stringContaining('terminated') } });
  expect(await listed(name, { status: 'running' })).toBeUndefined();
});

test('a run that was terminated while it was parked asks nothing any more', () => {
  const told = { name: 'asked', runId: 'r', status: 'parked', question: { code: 'approval_needed' } };
  const ended = lastTold({
    ...{ workflowId: 'asked', runId: 'r', startTime: new Date(0) },
    memo: { tunewright: told },
    status: { name: 'TERMINATED', code: 5 },
  });
  expect(ended).toMatchObject({ status: 'failed', reason: { code: 'run_cancelled' } });
  expect(ended).not.toHaveProperty('question');
});

test('a run that was retrained is listed once', async () => {
  await at.startWorker();
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await untilStage(run, 'train', training);
  at.simulator.set({ trainingSeconds: 0 });
  await run.retrain({ changes: { seed: 2 } });
  await run.result();
  await until(
    async () => await listed(run.name, { status: 'succeeded' }),
    (found) => found !== undefined,
  );
  const statuses: string[] = [];
  for await (const { name, status } of at.client.list()) if (name === run.name) statuses.push(status);
  expect(statuses).toEqual(['succeeded']);
});
