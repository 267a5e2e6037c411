import { rewardSchema } from '../../../src/contract/graders.ts';
import { bench, connected, endpoint, failureOf, newJob, spec, until } from '../support.ts';

const theJob = { method: 'GET', path: '/v1/fine_tuning/jobs/*' };
const job = (fields: object) => ({ id: 'ftjob-1', created_at: 1_790_000_000, training_file: 'file-1', ...fields });

test('a job is created as it was specified', async () => {
  const { url, requests } = await endpoint(() =>
    job({ status: 'validating_files', fine_tuned_model: null, error: {} }),
  );
  const created = await connected(url).createJob(
    spec('file-1', {
      validationFileId: 'file-2',
      suffix: 'intents',
      hyperparameters: { epochs: 3, batchSize: 8, learningRateMultiplier: 0.5 },
    }),
  );
  expect(created).toEqual({
    id: 'ftjob-1',
    state: 'waiting',
    platformStatus: 'validating_files',
    model: null,
    trainingFileId: 'file-1',
  });
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: 'POST', url: '/v1/fine_tuning/jobs' });
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
    model: 'stand-in-mini',
    training_file: 'file-1',
    validation_file: 'file-2',
    suffix: 'intents',
    seed: 7,
    method: {
      type: 'supervised',
      supervised: { hyperparameters: { n_epochs: 3, batch_size: 8, learning_rate_multiplier: 0.5 } },
    },
    metadata: { tunewright_key: 'key-1', tunewright_run: 'run-1' },
  });
});

test.each([
  [{ beta: 0.3 }, 0.3],
  [{}, 'auto'],
])('a job by pairs has a beta: %j', async (given, beta) => {
  const { url, requests } = await endpoint(() => job({ status: 'queued' }));
  const hyperparameters = { epochs: 3, batchSize: 8, learningRateMultiplier: 0.5, ...given };
  await connected(url).createJob(spec('file-1', { method: 'dpo', hyperparameters }));
  expect(JSON.parse(requests[0]?.body ?? '').method).toEqual({
    type: 'dpo',
    dpo: { hyperparameters: { n_epochs: 3, batch_size: 8, learning_rate_multiplier: 0.5, beta } },
  });
});

test('a job by reinforcement has its reward in the fields of the protocol', async () => {
  const { url, requests } = await endpoint(() => job({ status: 'queued' }));
  const check = { type: 'string_check', operation: 'eq', input: '{{sample.output_text}}', reference: 'a' } as const;
  const alike = { type: 'text_similarity', evaluation_metric: 'bleu', input: 'b', reference: 'c', pass_threshold: 0.5 };
  const grader = rewardSchema.parse({
    type: 'multi',
    graders: { check: { ...check, name: 'mine' }, alike },
    calculate_output: 'check + alike',
    pass_threshold: 1,
  });
  const hyperparameters = {
    epochs: 2,
    batchSize: 'auto',
    learningRateMultiplier: 'auto',
    computeMultiplier: 3,
  } as const;
  const reward = { grader, maxOutputTokens: 8 };
  await connected(url).createJob(spec('file-1', { method: 'reinforcement', hyperparameters, reward }));
  const { pass_threshold: _, ...unbound } = alike;
  expect(JSON.parse(requests[0]?.body ?? '').method).toEqual({
    type: 'reinforcement',
    reinforcement: {
      grader: {
        type: 'multi',
        name: 'reward',
        graders: { check: { ...check, name: 'mine' }, alike: { ...unbound, name: 'alike' } },
        calculate_output: 'check + alike',
      },
      hyperparameters: {
        n_epochs: 2,
        batch_size: 'auto',
        learning_rate_multiplier: 'auto',
        compute_multiplier: 3,
      },
    },
  });
});

test('what a specification leaves open is not sent', async () => {
  const { url, requests } = await endpoint(() => job({ status: 'queued' }));
  await connected(url).createJob(spec('file-1'));
  expect(Object.keys(JSON.parse(requests[0]?.body ?? '')).sort()).toEqual([
    'metadata',
    'method',
    'model',
    'seed',
    'training_file',
  ]);
});

test('a job goes from waiting to a model that answers', async () => {
  const at = await bench({ queueMs: 60_000 });
  const created = await newJob(at);
  expect(created).toMatchObject({ state: 'waiting', model: null, error: undefined });
  at.simulator.set({ queueMs: 0 });
  at.simulator.advanceClock(60_000);
  const done = await until(at.platform, created.id);
  expect(done).toMatchObject({ id: created.id, platformStatus: 'succeeded', trainedTokens: expect.any(Number) });
  expect(done.model).toMatch(/^ft:stand-in-mini:/);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, trainedTokens: done.trainedTokens });
});

test('a job that trains tells when it will be done', async () => {
  const at = await bench({ trainingSeconds: 3_600 });
  const { id } = await newJob(at);
  const { estimatedFinish } = await until(at.platform, id, ({ state }) => state === 'running');
  const seconds = (Date.parse(estimatedFinish ?? '') - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(3_500);
  expect(seconds).toBeLessThan(3_700);
});

test('a job that succeeded has no model until the platform names it', async () => {
  const at = await bench({ modelNameMs: 60_000 });
  const { id } = await newJob(at);
  expect(await until(at.platform, id)).toMatchObject({ state: 'succeeded', model: null });
  at.simulator.advanceClock(60_000);
  expect((await at.platform.getJob(id)).model).toMatch(/^ft:/);
});

test('a status that nobody knows is no end', async () => {
  const at = await bench();
  at.simulator.faults.add({ kind: 'job', job: { showStatus: { status: 'meditating', forMs: 60_000 } } });
  expect(await newJob(at)).toMatchObject({ state: 'unknown', platformStatus: 'meditating', error: undefined });
});

test.each([
  ['validating_files', 'waiting'],
  ['queued', 'waiting'],
  ['running', 'running'],
  ['paused', 'paused'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['constructor', 'unknown'],
])('the status %s is the state %s', async (status, state) => {
  const { url } = await endpoint(() => job({ status }));
  expect(await connected(url).getJob('ftjob-1')).toMatchObject({ state, platformStatus: status });
});

test.each([{}, null, { code: null, message: null, param: null }])('%j on a healthy job is no error', async (error) => {
  const { url } = await endpoint(() => job({ status: 'running', error }));
  expect((await connected(url).getJob('ftjob-1')).error).toBeUndefined();
});

test.each([
  [
    { code: 'invalid_training_file', message: 'Line 3.', param: 'training_file' },
    { code: 'invalid_training_file', message: 'Line 3.', param: 'training_file' },
  ],
  [{}, { code: 'unknown', message: 'the platform gave no reason' }],
  [null, { code: 'unknown', message: 'the platform gave no reason' }],
])('a failed job with the error %j has the reason %j', async (error, reason) => {
  const { url } = await endpoint(() => job({ status: 'failed', error }));
  expect((await connected(url).getJob('ftjob-1')).error).toEqual(reason);
});

test('a job that is not there is missing', async () => {
  const { platform } = await bench();
  expect(await failureOf(platform.getJob('ftjob-gone'))).toMatchObject({ code: 'not_found', status: 404 });
});

test('a job is cancelled; cancelling what has ended is success', async () => {
  const at = await bench({ trainingSeconds: 3_600 });
  const { id } = await newJob(at);
  expect(await at.platform.cancelJob(id)).toMatchObject({ state: 'cancelled' });
  expect(await at.platform.cancelJob(id)).toMatchObject({ id, state: 'cancelled' });
  at.simulator.set({ trainingSeconds: 0 });
  const done = await until(at.platform, (await newJob(at, { key: 'key-2' })).id);
  expect(await at.platform.cancelJob(done.id)).toEqual(done);
});

test('a job is paused and resumed; what is so already is success', async () => {
  const at = await bench({ trainingSeconds: 3_600 });
  const { id } = await newJob(at);
  await until(at.platform, id, ({ state }) => state === 'running');
  expect(await at.platform.resumeJob(id)).toMatchObject({ state: 'running' });
  expect(await at.platform.pauseJob(id)).toMatchObject({ state: 'paused' });
  expect(await at.platform.pauseJob(id)).toMatchObject({ state: 'paused' });
  expect(await at.platform.getJob(id)).toMatchObject({ state: 'paused' });
  expect(await at.platform.resumeJob(id)).toMatchObject({ state: 'running' });
  await at.platform.cancelJob(id);
  expect(await at.platform.resumeJob(id)).toMatchObject({ state: 'cancelled' });
});

test('a job that has ended cannot be paused', async () => {
  const at = await bench();
  const { id } = await until(at.platform, (await newJob(at)).id);
  expect(await failureOf(at.platform.pauseJob(id))).toMatchObject({ code: 'refused', retry: 'never' });
});

test('an endpoint that calls it a conflict to cancel twice is believed by what its job says', async () => {
  const { url } = await endpoint(({ method }, response) => {
    if (method === 'GET') return job({ status: 'cancelled' });
    response.writeHead(409, { 'content-type': 'application/json' }).end('{"error":{"message":"already cancelled"}}');
  });
  expect(await connected(url).cancelJob('ftjob-1')).toMatchObject({ state: 'cancelled' });
});

test('a cancellation that fails is not taken for one that was not needed', async () => {
  const at = await bench({ trainingSeconds: 3_600 });
  const { id } = await newJob(at);
  const cancel = { method: 'POST', path: '/v1/fine_tuning/jobs/*/cancel' };
  at.simulator.faults.add({ preset: 'server_error', ...cancel });
  expect(await failureOf(at.platform.cancelJob(id))).toMatchObject({ code: 'platform_unavailable' });
  at.simulator.faults.add({ kind: 'status', status: 400, body: { error: { message: 'not now' } }, ...cancel });
  expect(await failureOf(at.platform.cancelJob(id))).toMatchObject({
    code: 'refused',
    message: 'Cancelling the job: not now (HTTP 400)',
  });
  // The second look at the job may fail too.
  at.simulator.faults.add({ kind: 'status', status: 400, ...cancel });
  at.simulator.faults.add({ preset: 'server_error', ...theJob });
  expect(await failureOf(at.platform.cancelJob(id))).toMatchObject({ code: 'platform_unavailable' });
});

test('the page of a job is known for the platform itself only', async () => {
  const { platform } = await bench();
  expect(platform.jobUrl('ftjob-1')).toBeUndefined();
});

test('what an endpoint lacks is not sent to it, and what it wants beside is', async () => {
  const { url, requests } = await endpoint(({ method }) =>
    method === 'GET'
      ? { data: [{ ...job({ status: 'queued' }), training_file: 'file-1' }] }
      : job({ status: 'queued' }),
  );
  const platform = connected(url, { lacks: ['metadata', 'pause', 'suffix'], jobFields: { tags: 'mine' } });
  expect(platform.capabilities.pause).toBe(false);
  await platform.createJob(spec('file-1', { suffix: 'mine' }));
  const sent = JSON.parse(requests[0]?.body ?? '');
  expect(sent).toMatchObject({ training_file: 'file-1', tags: 'mine' });
  expect(sent).not.toHaveProperty('suffix');
  expect(sent).not.toHaveProperty('metadata');
  const found = await platform.findJobs({ key: 'key-1', trainingFileIds: ['file-1'], since: 0 });
  expect(found).toHaveLength(1);
  expect(requests.map(({ url }) => url).slice(1)).toEqual(['/v1/fine_tuning/jobs?limit=100']);
});

const hyperparameters = { epochs: 3, batchSize: 'auto', learningRateMultiplier: 0.5 } as const;

test('an endpoint gets a learning rate, no auto, and what it wants beside', async () => {
  const { url, requests } = await endpoint(() => job({ status: 'queued' }));
  const platform = connected(url, { lacks: ['auto'], learningRate: 2e-5, hyperparameters: { lora: true } });
  await platform.createJob(spec('file-1', { hyperparameters }));
  await platform.createJob(spec('file-1'));
  const [given, auto] = requests.map(({ body }) => JSON.parse(body).method.supervised.hyperparameters);
  expect(given).toEqual({ n_epochs: 3, learning_rate: 1e-5, lora: true });
  expect(auto).toEqual({ learning_rate: 2e-5, lora: true });
});

test("a connection's own reward takes the place of the run's, which then may be any", async () => {
  const { url, requests } = await endpoint(() => job({ status: 'queued' }));
  const reward = { type: 'lambda', lambda: { function: 'arn:aws:lambda:us-west-2:123456789012:function:grade' } };
  const platform = connected(url, { reward, lacks: ['suffix', 'auto'] });
  const grader = rewardSchema.parse({ type: 'refusal' });
  expect(platform.reinforcement?.objection(grader)).toBeUndefined();
  const learned = { method: 'reinforcement', reward: { grader, maxOutputTokens: 10 } } as const;
  await platform.createJob(spec('file-1', { ...learned, hyperparameters }));
  expect(JSON.parse(requests[0]?.body ?? '').method).toEqual({
    type: 'reinforcement',
    reinforcement: { grader: reward, hyperparameters: { n_epochs: 3, learning_rate_multiplier: 0.5 } },
  });
});
