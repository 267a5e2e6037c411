import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../../src/client/connect.ts';
import { runsOfJob } from '../../src/client/list.ts';
import { webhooks } from '../../src/gateway/webhooks.ts';
import { createLogger } from '../../src/logger.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { connected, until as untilJob } from '../platforms/support.ts';
import { jobEvent, signed } from '../platforms/webhook.ts';
import { until } from '../support/watching.ts';
import { deliver, type Front, front, onEnd, secret } from './support.ts';

let at: Front;
beforeEach(async () => {
  at = await front();
});

const nothing = { status: 200, json: { received: true, runs: 0 } };

/** A run that has looked at its job, which trains, and looks again in an hour; Temporal lists it by its job. */
async function waitingRun() {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  const { job } = await until(run, 'train', ({ live }) => live?.platformStatus !== undefined);
  if (!job) throw new Error('a run that trains has a job');
  await untilJob(connected(at.simulator.url), job.id, ({ state }) => state === 'running');
  const temporal = await connect(at.settings.temporal);
  onEnd(() => temporal.connection.close());
  await soon(async () => (await runsOfJob(temporal, job.id)).includes(run.name));
  return { run, jobId: job.id };
}

/** Asks again and again, 10 minutes at most: an endless loop would outlive its test. */
async function soon(so: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 600_000;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error('still not so after 10 minutes');
    await pause(20);
  }
}

test('a webhook of the platform wakes the run that waits for the job', async () => {
  at.simulator.setWebhooks([{ url: `${at.gateway.url}/webhooks/simulator`, secret }]);
  const { run } = await waitingRun();
  at.simulator.advanceClock(3_600_000);
  const result = await run.result();
  expect(result.model).toMatch(/^ft:/);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1 });
});

test('an event wakes the run once; repeated it is a duplicate, and the run goes on to look for itself', async () => {
  const { run, jobId } = await waitingRun();
  const looks = at.simulator.faults.add({ kind: 'delay', ms: 0, times: -1, path: `/v1/fine_tuning/jobs/${jobId}` });
  const seen = () => at.simulator.faults.list().find(({ id }) => id === looks)?.seen ?? 0;
  // The platform says what is not so: an event only makes the run look.
  const body = jobEvent(jobId);
  expect(await deliver(at.gateway.url, { body })).toEqual({ status: 200, json: { received: true, runs: 1 } });
  await soon(async () => seen() > 0);
  expect(await run.progress()).toMatchObject({ status: 'running', stage: 'train' });
  expect(await deliver(at.gateway.url, { body })).toEqual({
    status: 200,
    json: { received: true, runs: 0, duplicate: true },
  });
  await run.cancel('enough');
  await expect(run.result()).rejects.toMatchObject({ code: 'run_cancelled' });
});

test('a job id is a name, never a part of the list filter', async () => {
  await waitingRun();
  const body = jobEvent('" OR ExecutionStatus = "Running');
  expect(await deliver(at.gateway.url, { body })).toEqual(nothing);
});

test('an event for a run that has closed meanwhile is received', async () => {
  const { run, jobId } = await waitingRun();
  await run.cancel('enough');
  await expect(run.result()).rejects.toMatchObject({ code: 'run_cancelled' });
  const body = jobEvent(jobId);
  expect(await deliver(at.gateway.url, { body })).toEqual(nothing);

  // The list that still calls it running, as it may for a moment.
  const client = await connect(at.settings.temporal);
  onEnd(() => client.connection.close());
  Object.assign(client.workflow, {
    async *list() {
      yield { workflowId: run.name };
    },
  });
  const platforms = createPlatforms(at.settings.connections, {
    env: { ...at.settings.env, SIMULATOR_WEBHOOK_SECRET: secret },
  });
  const app = webhooks({ client, platforms, logger: createLogger('silent') });
  const answer = await app.request('/simulator', { method: 'POST', body, headers: signed(body, secret) });
  expect({ status: answer.status, json: await answer.json() }).toEqual(nothing);
});

test.each([
  ['about a job that no run waits for', jobEvent('ftjob-none')],
  ['about something else than a job', JSON.stringify({ id: 'e', type: 'batch.completed', data: { id: 'batch_1' } })],
  ['that carries no id of a thing', JSON.stringify({ id: 'e', type: 'realtime.call.incoming', data: {} })],
])('a signed event %s is received and wakes nobody', async (_, body) => {
  expect(await deliver(at.gateway.url, { body })).toEqual(nothing);
});

const body = jobEvent('ftjob-1');
const unsigned = { status: 401, json: { error: 'The webhook carries no valid signature.' } };
const noSetUp = { status: 503, json: { error: 'The connection is not set up here.' } };

test.each([
  ['signed with another secret', { body, headers: signed(body, `whsec_${btoa('forger')}`) }, unsigned],
  ['that was changed on its way', { body, headers: signed(jobEvent('ftjob-2'), secret) }, unsigned],
  ['that is stale', { body, headers: signed(body, secret, { at: Date.now() - 600_000 }) }, unsigned],
  ['without a signature', { body, headers: {} }, unsigned],
  [
    'that is no event',
    { body: 'hello', headers: signed('hello', secret) },
    { status: 400, json: { error: 'The body is not a webhook event.' } },
  ],
  [
    'to an unknown connection',
    { connection: 'constructor' },
    { status: 404, json: { error: 'There is no such connection.' } },
  ],
  [
    'to a connection that pushes none',
    { connection: 'machines' },
    { status: 404, json: { error: 'This connection pushes no events.' } },
  ],
  ['to a connection without a key', { connection: 'keyless' }, noSetUp],
  ['to a connection that is not valid', { connection: 'broken' }, noSetUp],
  [
    'that is too large',
    { body: 'x'.repeat(64 * 1024 + 1), headers: {} },
    { status: 413, json: { error: 'The body is too large for an event.' } },
  ],
  [
    'that is too large and does not say so',
    { body: new Blob(['x'.repeat(64 * 1024 + 1)]).stream(), headers: {} },
    { status: 413, json: { error: 'The body is too large for an event.' } },
  ],
])('a delivery %s is refused', async (_, delivery, refusal) => {
  expect(await deliver(at.gateway.url, delivery)).toEqual(refusal);
});

test('an event in chunks is received', async () => {
  const delivery = { body: new Blob([body]).stream(), headers: signed(body, secret) };
  expect(await deliver(at.gateway.url, delivery)).toEqual(nothing);
});

test('webhooks are posted', async () => {
  expect((await fetch(`${at.gateway.url}/webhooks/simulator`)).status).toBe(404);
});
