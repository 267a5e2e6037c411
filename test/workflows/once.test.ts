import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connect } from '../../src/client/connect.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { temporalBinary } from '../support/temporal.ts';
import { onceOnly, until } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline({}, {}, (usual) => ({ ...usual, timeoutSeconds: 5 }));
});
afterEach(async () => await at.close());

const jobs = { method: 'POST', path: '/v1/fine_tuning/jobs' };
const files = { method: 'POST', path: '/v1/files' };

test.each([
  ['the answer to the create was lost', { ...jobs, kind: 'drop-after' }],
  ['the answer to the create came too late', { ...jobs, kind: 'delay', ms: 8_000, when: 'after' }],
  ['the answer to the create was cut off', { ...jobs, kind: 'truncate' }],
  ['the create never arrived', { ...jobs, kind: 'drop-before' }],
  ['the platform was out of order for a while', { ...jobs, kind: 'status', status: 500, times: 3 }],
  ['the answer to the upload was lost', { ...files, kind: 'drop-after' }],
  ['the answer to the upload was cut off', { ...files, kind: 'truncate' }],
] as const)('one job is paid when %s', async (_, fault) => {
  at.simulator.faults.add(fault);
  await onceOnly(at);
});

test('one job is paid when the listing lags behind the create whose answer was lost', async () => {
  at.simulator.set({ listLagMs: 800 });
  at.simulator.faults.add({ ...jobs, kind: 'drop-after' });
  await onceOnly(at);
});

test('one job is paid when the workflow is reset to before its creation, and no listing shows it yet', async () => {
  const run = await at.client.start(at.config());
  at.simulator.set({ listLagMs: 900, trainingSeconds: 3_600 });
  const { runId } = await until(run, 'train', ({ job }) => job !== undefined);
  const temporal = await connect(at.settings.temporal);
  const { events } = await temporal.workflow.getHandle(run.name, runId).fetchHistory();
  await temporal.connection.close();
  const created = (events ?? []).find(
    ({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === 'createJob',
  );
  // The workflow task that scheduled it.
  const eventId = String(created?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId);
  const which = ['--workflow-id', run.name, '--run-id', runId, '--event-id', eventId, '--reason', 'test'];
  await promisify(execFile)(temporalBinary(), [
    'workflow',
    'reset',
    '--address',
    at.settings.temporal.address,
    ...which,
  ]);
  await until(run, 'train', (now) => now.runId !== runId && now.job !== undefined);
  at.simulator.advanceClock(3_600_000);
  const result = await run.result();
  expect(result.runId).not.toBe(runId);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
});
