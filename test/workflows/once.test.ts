import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { filesLeft } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

const jobs = { method: 'POST', path: '/v1/fine_tuning/jobs' };
const files = { method: 'POST', path: '/v1/files' };

/** A run whose result is right and for which exactly one job and two files were made. */
async function onceOnly(): Promise<void> {
  const run = await at.client.start(at.config());
  const { comparison } = await run.result();
  expect(comparison.tuned.score.value).toBeGreaterThan(comparison.base.score.value);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
  expect(await filesLeft(at)).toBe(2);
}

test.each([
  ['the answer to the create was lost', { ...jobs, kind: 'drop-after' }],
  ['the answer to the create came too late', { ...jobs, kind: 'delay', ms: 7_000, when: 'after' }],
  ['the answer to the create was cut off', { ...jobs, kind: 'truncate' }],
  ['the create never arrived', { ...jobs, kind: 'drop-before' }],
  ['the platform was out of order for a while', { ...jobs, kind: 'status', status: 500, times: 3 }],
  ['the answer to the upload was lost', { ...files, kind: 'drop-after' }],
  ['the answer to the upload was cut off', { ...files, kind: 'truncate' }],
] as const)('one job is paid when %s', async (_, fault) => {
  at.simulator.faults.add(fault);
  await onceOnly();
});

test('one job is paid when the listing lags behind the create whose answer was lost', async () => {
  at.simulator.set({ listLagMs: 800 });
  at.simulator.faults.add({ ...jobs, kind: 'drop-after' });
  await onceOnly();
});

test.each([
  ['a rate limit', { preset: 'rate_limited', ...jobs }],
  ['overload', { preset: 'slow_down', ...jobs, times: 2 }],
  ['an HTML error page', { preset: 'html_error_page', ...jobs }],
  ['a status that nobody knows', { kind: 'job', job: { showStatus: { status: 'meditating', forMs: 1_000 } } }],
  ['an empty error on a healthy job', { preset: 'empty_error' }],
] as const)('a run waits out %s', async (_, preset) => {
  at.simulator.faults.add(preset);
  await onceOnly();
});

test('a run waits for a model that is named and answers late', async () => {
  at.simulator.set({ modelNameMs: 1_000, modelReadyMs: 2_000 });
  await onceOnly();
}, 60_000);

test('a quota that is used up ends the run at once', async () => {
  at.simulator.faults.add({ preset: 'insufficient_quota', ...jobs });
  const run = await at.client.start(at.config());
  await expect(run.result()).rejects.toMatchObject({ code: 'quota_exhausted' });
  expect(await filesLeft(at)).toBe(0);
});

test('a job that fails is named with its reason and never made again', async () => {
  at.simulator.faults.add({ preset: 'job_fails' });
  const run = await at.client.start(at.config());
  await expect(run.result()).rejects.toMatchObject({
    code: 'job_failed',
    message: expect.stringMatching(/^The platform's job ftjob-\w+ failed/),
  });
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 0 });
  expect(await filesLeft(at)).toBe(0);
});
