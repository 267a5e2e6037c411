import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, onceOnly, training, until } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

const jobs = { method: 'POST', path: '/v1/fine_tuning/jobs' };

test.each([
  ['a rate limit', { preset: 'rate_limited', ...jobs }],
  ['overload', { preset: 'slow_down', ...jobs, times: 2 }],
  ['an HTML error page', { preset: 'html_error_page', ...jobs }],
  ['a status that nobody knows', { kind: 'job', job: { showStatus: { status: 'meditating', forMs: 1_000 } } }],
  ['an empty error on a healthy job', { preset: 'empty_error' }],
] as const)('a run waits out %s', async (_, preset) => {
  at.simulator.faults.add(preset);
  await onceOnly(at);
});

test('a run waits for a model that is named and answers late', async () => {
  at.simulator.set({ modelNameMs: 1_000, modelReadyMs: 2_000 });
  await onceOnly(at);
});

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

test('a key that is refused while a job trains is waited for: what is paid is neither lost nor left alone', async () => {
  at.simulator.set({ trainingSeconds: 3_600 });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  const body = { error: { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key' } };
  const id = at.simulator.faults.add({ kind: 'status', status: 401, body, times: -1 });
  const { live } = await until(run, 'train', (now) => now.live?.trouble !== undefined);
  expect(live?.trouble).toMatch(/Incorrect API key/);
  at.simulator.faults.remove(id);
  await run.cancel('seen enough');
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  expect(await filesLeft(at)).toBe(0);
});
