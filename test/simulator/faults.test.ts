import OpenAI from 'openai';
import type { Simulator } from '../../src/simulator/index.ts';
import { ask, bench, chatLines, clientFor, createJob, ended, refusal, until, uploadText } from './support.ts';

const JOBS = '/v1/fine_tuning/jobs';
type Rule = Parameters<Simulator['faults']['add']>[0];

describe('faults of requests', () => {
  test('a status with body and headers strikes as often as told, on what it matches, after what it skips', async () => {
    const { client, sim } = await bench();
    sim.faults.add({
      kind: 'status',
      method: 'GET',
      path: '/v1/files/*',
      skip: 1,
      times: 2,
      status: 429,
      headers: { 'retry-after': '3600' },
      body: { error: { message: 'later', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    });
    const file = await uploadText(client, 'x');
    await client.files.retrieve(file.id);
    for (let time = 0; time < 2; time++) {
      const error = await refusal(client.files.retrieve(file.id));
      expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
      expect(error.headers?.get('retry-after')).toBe('3600');
      expect(error.headers?.get('x-simulated')).toBe('tunewright');
    }
    await client.files.list();
    expect((await client.files.retrieve(file.id)).id).toBe(file.id);
    expect(sim.faults.list()).toMatchObject([{ struck: 2, seen: 3 }]);
  });

  test('one can be meant for a model alone, for ever, until it is removed', async () => {
    const { client, sim } = await bench();
    const id = sim.faults.add({ preset: 'server_error', model: 'gpt-4.1-nano', times: -1 });
    await ask(client, 'gpt-4.1-mini', 'x');
    expect((await refusal(ask(client, 'gpt-4.1-nano', 'x'))).status).toBe(500);
    expect((await refusal(ask(client, 'gpt-4.1-nano', 'x'))).status).toBe(500);
    sim.faults.remove(id);
    await ask(client, 'gpt-4.1-nano', 'x');
  });

  test('one can be meant for a caller alone, by headers', async () => {
    const { client, sim } = await bench();
    const other = client.withOptions({ defaultHeaders: { 'x-run': 'b', 'x-stage': 'report' } });
    sim.faults.add({ preset: 'server_error', withHeaders: { 'X-Run': 'b', 'x-stage': 'report' }, times: -1 });
    sim.faults.add({ preset: 'slow_down', withHeaders: { 'X-Run': 'b', 'x-stage': 'upload' }, times: -1 });
    await client.models.list();
    expect((await refusal(other.models.list().then())).status).toBe(500);
  });

  test('drop-before resets the connection and nothing happened', async () => {
    const { client, sim } = await bench();
    const training_file = (await uploadText(client, chatLines(20))).id;
    sim.faults.add({ kind: 'drop-before', method: 'POST', path: JOBS });
    await expect(createJob(client, { training_file })).rejects.toThrow('Connection error.');
    expect((await client.fineTuning.jobs.list()).data).toEqual([]);
    expect(sim.ledger().totals.jobs).toBe(0);
  });

  test('drop-after resets the connection though the job was created', async () => {
    const { client, sim } = await bench();
    const training_file = (await uploadText(client, chatLines(20))).id;
    sim.faults.add({ kind: 'drop-after', method: 'POST', path: JOBS });
    await expect(createJob(client, { training_file, metadata: { run: 'w1' } })).rejects.toThrow('Connection error.');
    const { data } = await client.fineTuning.jobs.list({ metadata: { run: 'w1' } });
    expect(data).toHaveLength(1);
    expect(sim.ledger().totals.jobs).toBe(1);
  });

  test('drop-after on a file upload leaves the whole file', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ kind: 'drop-after', path: '/v1/files' });
    await expect(uploadText(client, chatLines(20))).rejects.toThrow('Connection error.');
    const { data } = await client.files.list();
    expect(data.map((file) => file.bytes)).toEqual([Buffer.byteLength(chatLines(20))]);
  });

  test('duplicate makes two of one request', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ kind: 'duplicate', method: 'POST', path: JOBS });
    const job = await createJob(client);
    const { data } = await client.fineTuning.jobs.list();
    expect(data).toHaveLength(2);
    expect(data[0]?.id).toBe(job.id);
    sim.faults.add({ kind: 'duplicate', path: '/v1/files' });
    await uploadText(client, 'x');
    expect(sim.ledger().totals).toMatchObject({ jobs: 2, files: 3 });
  });

  test('a delay after the effect outlasts the client, and the file is there all the same', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ kind: 'delay', ms: 60_000, when: 'after', path: '/v1/files' });
    const hasty = clientFor(sim.url, { timeout: 5_000 });
    await expect(uploadText(hasty, 'x')).rejects.toThrow(OpenAI.APIConnectionError);
    expect((await client.files.list()).data).toHaveLength(1);
    expect(sim.ledger().totals.files).toBe(1);
  });

  test('a delay before the effect is only that', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ kind: 'delay', ms: 150, path: '/v1/models' });
    const since = performance.now();
    await client.models.list();
    expect(performance.now() - since).toBeGreaterThan(140);
  });

  test('truncate cuts the answer in half', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ kind: 'truncate', path: '/v1/models' });
    await expect(client.models.list()).rejects.toThrow(SyntaxError);
    expect((await client.models.list()).data.length).toBeGreaterThan(3);
  });

  test('a path can be a regular expression', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ preset: 'slow_down', path: '/jobs/ftjob-[^/]+/(events|checkpoints)$/' });
    const job = await createJob(client);
    expect((await refusal(client.fineTuning.jobs.listEvents(job.id).then())).code).toBe('slow_down');
  });

  test.each([
    ['rate_limited', 429, 'rate_limit_exceeded', '1'],
    ['rate_limited_an_hour', 429, 'rate_limit_exceeded', '3600'],
    ['rate_limited_no_hint', 429, 'rate_limit_exceeded', null],
    ['daily_rate_limit_exceeded', 429, 'daily_rate_limit_exceeded', null],
    ['insufficient_quota', 429, 'insufficient_quota', null],
    ['training_not_available', 403, 'training_not_available', null],
    ['server_error', 500, null, null],
    ['slow_down', 503, 'slow_down', null],
    ['server_is_overloaded', 503, 'server_is_overloaded', null],
  ])('preset %s refuses a job as OpenAI does, and no job is made', async (preset, status, code, wait) => {
    const { client, sim } = await bench();
    sim.faults.add({ preset, method: 'POST', path: JOBS });
    const error = await refusal(createJob(client));
    expect(error).toMatchObject({ status, code });
    expect(error.headers?.get('retry-after')).toBe(wait);
    expect(sim.ledger().totals).toMatchObject({ files: 1, jobs: 0 });
  });

  test('an HTML error page and malformed JSON', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ preset: 'html_error_page', path: '/v1/models' });
    const page = await refusal(client.models.list().then());
    expect(page.status).toBe(502);
    expect(page.headers?.get('content-type')).toBe('text/html');
    sim.faults.add({ preset: 'malformed_json', path: '/v1/models' });
    await expect(client.models.list()).rejects.toThrow(SyntaxError);
  });

  test.each<[string, Rule, string]>([
    ['an unknown preset', { preset: 'nonsense' }, 'Unknown fault preset "nonsense"'],
    ['an unknown kind', JSON.parse('{"kind":"nonsense"}'), 'Unknown fault kind "nonsense"'],
    ['a status of 99', { kind: 'status', status: 99 }, '"status" must be 200 to 599'],
    ['a bad pattern', { kind: 'drop-before', path: '/(/' }, 'Invalid regular expression'],
  ])('%s is refused', async (_name, rule, message) => {
    const { sim } = await bench();
    expect(() => sim.faults.add(rule)).toThrow(message);
    expect(sim.faults.list()).toEqual([]);
  });
});

describe('faults of objects', () => {
  const failing = async (rule: Rule) => {
    const { client, sim } = await bench({ faults: [rule] });
    const { id } = await createJob(client);
    return { job: await ended(client, id), client, sim };
  };

  test('a job fails at a step with the error given', async () => {
    const error = { code: 'server_error', message: 'The job failed.' };
    const { job, client, sim } = await failing({ kind: 'job', job: { failAtStep: { step: 50, ...error } } });
    expect(job).toMatchObject({ status: 'failed', fine_tuned_model: null, trained_tokens: null });
    expect(job.error).toEqual({ ...error, param: null });
    const events = (await client.fineTuning.jobs.listEvents(job.id, { limit: 100 })).data;
    const steps = events.filter((event) => event.type === 'metrics');
    expect(steps[0]?.data).toMatchObject({ step: 50 });
    expect((await client.fineTuning.jobs.checkpoints.list(job.id)).data.map((each) => each.step_number)).toEqual([40]);
    expect(sim.ledger().totals.trainings).toBe(0);
    // The fault was for one job.
    expect((await ended(client, (await createJob(client)).id)).status).toBe('succeeded');
  });

  test('an unsafe file', async () => {
    const { job } = await failing({ preset: 'unsafe_file' });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'unsafe_file', param: 'training_file' } });
  });

  test('a safety block comes after the training, which is paid', async () => {
    const { sim } = await bench({ faults: [{ preset: 'safety_block' }] });
    // The event type is known from OpenAI's guide but not from its API description.
    const client = clientFor(sim.url, { validate: false });
    const job = await ended(client, (await createJob(client)).id);
    expect(job).toMatchObject({ status: 'failed', error: { code: 'unsafe_model' }, fine_tuned_model: null });
    expect(sim.ledger().totals.trainings).toBe(1);
    const types = (await client.fineTuning.jobs.listEvents(job.id)).data.map((event) => String(event.type));
    expect(types).toContain('moderation_checks');
  });

  test('an unknown status for a time, and an empty error on a healthy job', async () => {
    const job = { showStatus: { status: 'preparing', forMs: 60_000 }, emptyError: true };
    const { sim } = await bench({ faults: [{ kind: 'job', job }] });
    const client = clientFor(sim.url, { validate: false });
    const created = await createJob(client);
    expect(created).toMatchObject({ status: 'preparing', error: {} });
    sim.advanceClock(60_000);
    expect(await ended(client, created.id)).toMatchObject({ status: 'succeeded', error: {} });
  });

  test('stuck in the queue', async () => {
    const { client, sim } = await bench({ faults: [{ preset: 'stuck_in_queue' }] });
    const { id } = await createJob(client);
    const read = () => client.fineTuning.jobs.retrieve(id);
    await until(read, (job) => job.status === 'queued');
    sim.advanceClock(3_599_000);
    expect((await read()).status).toBe('queued');
    sim.advanceClock(1000);
    expect((await ended(client, id)).status).toBe('succeeded');
  });

  test('a file that ends in error, and one that is never processed', async () => {
    const { client, sim } = await bench({ faults: [{ preset: 'file_error' }, { preset: 'file_stuck' }] });
    const broken = await uploadText(client, chatLines(20));
    expect(broken).toMatchObject({ status: 'error', status_details: 'The file could not be processed.' });
    expect((await refusal(createJob(client, { training_file: broken.id }))).code).toBe('invalid_file');
    const stuck = await uploadText(client, chatLines(20));
    sim.advanceClock(86_400_000);
    expect((await client.files.retrieve(stuck.id)).status).toBe('uploaded');
    const good = await uploadText(client, chatLines(20));
    expect(good.status).toBe('processed');
  });
});
