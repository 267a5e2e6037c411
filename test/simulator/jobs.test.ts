import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type OpenAI from 'openai';
import { ask, bench, chatLines, clientFor, createJob, ended, refusal, trained, until, uploadText } from './support.ts';

const jobsDir = (dataDir: string) => readdir(join(dataDir, 'jobs'));

describe('a supervised job', () => {
  test('goes from file to a model that answers, with events, checkpoints, results and a bill', async () => {
    const { client, sim } = await bench();
    const validation = await uploadText(client, chatLines(8));
    const created = await createJob(client, {
      validation_file: validation.id,
      suffix: 'My Support',
      metadata: { run: 'w1' },
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 4, batch_size: 2 } } },
    });
    expect(created).toMatchObject({
      status: 'validating_files',
      model: 'gpt-4.1-mini-2025-04-14',
      fine_tuned_model: null,
      finished_at: null,
      trained_tokens: null,
      error: null,
      seed: 1,
      metadata: { run: 'w1' },
      hyperparameters: { n_epochs: 4, batch_size: 2, learning_rate_multiplier: 'auto' },
    });

    const job = await ended(client, created.id);
    expect(job).toMatchObject({
      status: 'succeeded',
      error: null,
      estimated_finish: null,
      hyperparameters: { n_epochs: 4, batch_size: 2, learning_rate_multiplier: 1 },
    });
    expect(job.fine_tuned_model).toMatch(/^ft:gpt-4\.1-mini-2025-04-14:tunewright:my-support:[A-Za-z0-9]{8}$/);
    expect(await ask(client, String(job.fine_tuned_model), 'please, where is my parcel?')).toBe('delivery');

    const checkpoints = (await client.fineTuning.jobs.checkpoints.list(job.id)).data;
    expect(checkpoints.map((checkpoint) => checkpoint.step_number)).toEqual([80, 60, 40]);
    expect(checkpoints[0]?.fine_tuned_model_checkpoint).toBe(`${job.fine_tuned_model}:ckpt-step-80`);
    expect(checkpoints[0]?.metrics).toHaveProperty('full_valid_loss');
    expect(await ask(client, `${job.fine_tuned_model}:ckpt-step-40`, 'reset my password')).toBe('password');
    expect((await refusal(ask(client, `${job.fine_tuned_model}:ckpt-step-20`, 'x'))).code).toBe('model_not_found');

    const csv = Buffer.from(
      await (await client.files.content(String(job.result_files[0]))).text(),
      'base64',
    ).toString();
    const [header, first] = csv.split('\n');
    expect(header).toBe('step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy');
    // Four equally likely answers before anything is learned: ln 4.
    expect(first).toMatch(/^1,1\.38629\d+,/);
    expect((await client.files.retrieve(String(job.result_files[0]))).purpose).toBe('fine-tune-results');

    const { entries, totals } = sim.ledger();
    expect(totals).toMatchObject({ files: 2, jobs: 1, trainings: 1, trainedTokens: job.trained_tokens });
    const training = entries.find((entry) => entry.kind === 'training');
    expect(training).toMatchObject({ id: job.id, model: 'gpt-4.1-mini-2025-04-14', metadata: { run: 'w1' } });
    expect(training?.dollars).toBeCloseTo((Number(job.trained_tokens) * 5) / 1_000_000, 12);
  });

  test('tells its life in events, newest first, page by page', async () => {
    const { client } = await bench();
    const job = await trained(client);
    const events: OpenAI.FineTuning.FineTuningJobEvent[] = [];
    for await (const event of client.fineTuning.jobs.listEvents(job.id, { limit: 7 })) events.push(event);
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    const messages = events.map((event) => event.message).reverse();
    expect(messages.slice(0, 4)).toEqual([
      `Created fine-tuning job: ${job.id}`,
      `Validating training file: ${job.training_file}`,
      'Files validated, moving job to queued state',
      'Fine-tuning job started',
    ]);
    expect(messages.at(-1)).toBe('The job has successfully completed');
    const metrics = events.filter((event) => event.type === 'metrics');
    expect(metrics.at(-1)?.data).toMatchObject({
      step: 1,
      total_steps: 120,
      train_mean_token_accuracy: expect.any(Number),
    });
    expect(metrics[0]?.data).toMatchObject({ step: 120, total_steps: 120 });
  });

  test('starts from an earlier tuned model', async () => {
    const { client } = await bench();
    const first = await trained(client);
    const second = await trained(client, { model: first.fine_tuned_model, hyperparameters: { n_epochs: 1 } });
    expect(second.model).toBe(first.fine_tuned_model);
    const csv = await (await client.files.content(String(second.result_files[0]))).text();
    const firstLoss = Number(Buffer.from(csv, 'base64').toString().split('\n')[1]?.split(',')[1]);
    expect(firstLoss).toBeLessThan(0.7);
  });

  test('with the same seed answers the same, and counts tokens by epochs', async () => {
    const { client } = await bench();
    const one = await trained(client);
    const again = await trained(client);
    const two = await trained(client, { hyperparameters: { n_epochs: 6 } });
    const csv = async (file: string | undefined) => (await client.files.content(String(file))).text();
    expect(await csv(again.result_files[0])).toBe(await csv(one.result_files[0]));
    expect(two.trained_tokens).toBe(2 * Number(one.trained_tokens));
  });
});

describe('time', () => {
  const DAY = 86_400_000;

  test('a job of a day follows the clock: queued, running with an estimate, paused, done', async () => {
    let now = 1_800_000_000_000;
    const { client, sim } = await bench({ now: () => now, trainingSeconds: 86_400, queueMs: 60_000 });
    // OpenAI's description does not know the status `paused`.
    const jobs = clientFor(sim.url, { validate: false }).fineTuning.jobs;
    const { id } = await createJob(client);
    const queued = await until(
      () => jobs.retrieve(id),
      (job) => job.status !== 'validating_files',
    );
    expect(queued.status).toBe('queued');
    now += 60_000;
    expect(await jobs.retrieve(id)).toMatchObject({ status: 'running', estimated_finish: 1_800_086_461 });

    const steps = async () => {
      const page = await jobs.listEvents(id, { limit: 1 });
      const [newest] = page.data;
      // What it says instead tells why there is none.
      return (newest?.data as { step?: number } | undefined)?.step ?? newest?.message;
    };
    now += DAY / 2;
    // The learner itself computes in a thread of its own.
    await until(steps, (step) => step === 60);
    const checkpoints = (await client.fineTuning.jobs.checkpoints.list(id)).data;
    expect(checkpoints.map((each) => each.step_number)).toEqual([40]);

    expect((await jobs.pause(id)).status).toBe('paused');
    // What it has trained is billed, and its checkpoint answers.
    const half = (await jobs.retrieve(id)).trained_tokens ?? 0;
    expect(sim.ledger().totals).toMatchObject({ trainings: 1, trainedTokens: half });
    const model = checkpoints[0]?.fine_tuned_model_checkpoint ?? '';
    const messages = [{ role: 'user' as const, content: 'where is my card' }];
    expect((await client.chat.completions.create({ model, messages })).model).toBe(model);
    now += 10 * DAY;
    expect(await jobs.retrieve(id)).toMatchObject({ status: 'paused', estimated_finish: null });
    expect((await refusal(jobs.pause(id))).status).toBe(400);
    const resumedAt = now;
    expect((await jobs.resume(id)).status).toBe('running');
    expect((await refusal(jobs.resume(id))).status).toBe(400);
    now += DAY / 2 - 1;
    expect((await jobs.retrieve(id)).status).toBe('running');
    now += 1;
    const done = await ended(client, id);
    expect(done).toMatchObject({ status: 'succeeded', finished_at: Math.floor((resumedAt + DAY / 2) / 1000) });
    expect(done.trained_tokens).toBe(2 * half);
    expect(sim.ledger().totals).toMatchObject({ trainings: 1, trainedTokens: 2 * half });
  });

  test('a checkpoint is told between its step and the next, also where the learner is far ahead of the clock', async () => {
    let now = 1_800_000_000_000;
    const { client, dataDir } = await bench({ now: () => now, trainingSeconds: 86_400 });
    const { id } = await createJob(client);
    const files = async () => await readdir(join(dataDir, 'jobs', id)).catch(() => []);
    const computed = async () => (await files()).filter((name) => name.endsWith('.weights'));
    await until(computed, (weights) => weights.length === 3);
    now += DAY;
    await ended(client, id);
    const places: number[] = [];
    for await (const { data, message } of client.fineTuning.jobs.listEvents(id, { limit: 100 })) {
      const step = (data as { step?: number } | null)?.step ?? /^Checkpoint created at step (\d+)/.exec(message)?.[1];
      if (step !== undefined) places.push(Number(step));
    }
    // The newest comes first.
    expect(places).toEqual([...places].sort((one, other) => other - one));
    expect(places.filter((step) => step === 40)).toHaveLength(2);
  });

  test('the name of the model and the model itself can come late', async () => {
    let now = 1_800_000_000_000;
    const { client } = await bench({ now: () => now, modelNameMs: 60_000, modelReadyMs: 300_000 });
    const { id } = await createJob(client);
    const done = await ended(client, id);
    expect(done).toMatchObject({ status: 'succeeded', fine_tuned_model: null });
    now += 60_000;
    const model = String((await client.fineTuning.jobs.retrieve(id)).fine_tuned_model);
    expect(await refusal(ask(client, model, 'x'))).toMatchObject({ status: 404, code: 'model_not_found' });
    expect((await refusal(client.models.retrieve(model))).status).toBe(404);
    now += 240_000;
    expect(await ask(client, model, 'I want my money back')).toBe('refund');
  });

  test('no more jobs train at once than allowed; the others wait in line', async () => {
    const { client, sim } = await bench({ maxRunningJobs: 1, trainingSeconds: 3600 });
    const training_file = (await uploadText(client, chatLines(40))).id;
    const first = await createJob(client, { training_file });
    const status = async (id: string) => (await client.fineTuning.jobs.retrieve(id)).status;
    await until(
      () => status(first.id),
      (now) => now === 'running',
    );
    const second = await createJob(client, { training_file });
    await until(
      () => status(second.id),
      (now) => now === 'queued',
    );
    sim.advanceClock(3_600_000);
    expect((await ended(client, first.id)).status).toBe('succeeded');
    await until(
      () => status(second.id),
      (now) => now === 'running',
    );
  });
});

describe('cancel', () => {
  test('stops a job for good, keeps its checkpoints and costs nothing', async () => {
    let now = 1_800_000_000_000;
    const { client, dataDir, sim } = await bench({ now: () => now, trainingSeconds: 300 });
    const { id } = await createJob(client);
    await until(
      () => client.fineTuning.jobs.retrieve(id),
      (job) => job.status === 'running',
    );
    now += 150_000;
    const [checkpoint] = await until(
      async () => (await client.fineTuning.jobs.checkpoints.list(id)).data,
      (list) => list.length > 0,
    );
    expect((await client.fineTuning.jobs.cancel(id)).status).toBe('cancelled');
    now += 1_000_000;
    expect(await client.fineTuning.jobs.retrieve(id)).toMatchObject({
      status: 'cancelled',
      fine_tuned_model: null,
      trained_tokens: null,
    });
    expect(await ask(client, String(checkpoint?.fine_tuned_model_checkpoint), 'my bank card is lost')).toBe(
      'card_lost',
    );
    expect(sim.ledger().totals).toMatchObject({ jobs: 1, trainings: 0, dollars: expect.any(Number) });
    const error = await refusal(client.fineTuning.jobs.cancel(id));
    expect(error.message).toBe(`400 Job has already completed: ${id}`);
    await until(
      () => readdir(join(dataDir, 'jobs', id)),
      (names) => names.length === 1,
    );
  });
});

describe('a job is refused', () => {
  test.each([
    ['an unknown training file', { training_file: 'file-none' }, 'training_file', 'file_not_found'],
    ['an unknown validation file', { validation_file: 'file-none' }, 'validation_file', 'file_not_found'],
    ['an unknown model', { model: 'gpt-none' }, 'model', 'model_not_available'],
    ['a model that cannot be tuned', { model: 'gpt-6-luna' }, 'model', 'model_not_available'],
    ['too many epochs', { hyperparameters: { n_epochs: 51 } }, 'n_epochs', 'integer_above_max_value'],
    ['half an epoch', { hyperparameters: { n_epochs: 0.5 } }, 'n_epochs', 'invalid_type'],
    ['a batch size of 0', { hyperparameters: { batch_size: 0 } }, 'batch_size', 'integer_below_min_value'],
    [
      'a multiplier of 0',
      { hyperparameters: { learning_rate_multiplier: 0 } },
      'learning_rate_multiplier',
      'integer_below_min_value',
    ],
    ['a long suffix', { suffix: 'x'.repeat(65) }, 'suffix', null],
    ['a negative seed', { seed: -1 }, 'seed', 'integer_below_min_value'],
    [
      '17 pairs of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
      'metadata',
      'object_above_max_properties',
    ],
    ['metadata that is no text', { metadata: { run: 1 } }, 'metadata.run', 'invalid_type'],
    [
      'reinforcement without a grader',
      { method: { type: 'reinforcement' } },
      'method.reinforcement.grader',
      'missing_required_parameter',
    ],
  ])('for %s', async (_name, params, param, code) => {
    const { client, sim } = await bench();
    const error = await refusal(createJob(client, params as Parameters<typeof createJob>[1]));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param, code });
    expect(sim.ledger().totals.jobs).toBe(0);
  });

  test('for a file of another purpose, a missing model and no JSON', async () => {
    const { client, http, sim } = await bench();
    const training_file = (await uploadText(client, chatLines(20), 'batch')).id;
    expect((await refusal(createJob(client, { training_file }))).code).toBe('invalid_file_purpose');
    expect(await http('POST', '/v1/fine_tuning/jobs', { training_file })).toMatchObject({
      status: 400,
      json: { error: { param: 'model', code: 'missing_required_parameter' } },
    });
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const broken = await fetch(`${sim.url}/fine_tuning/jobs`, { method: 'POST', headers, body: '{"model": ' });
    expect(broken.status).toBe(400);
    expect((await refusal(client.fineTuning.jobs.retrieve('ftjob-none'))).code).toBe('fine_tune_not_found');
  });
});

describe('a job fails', () => {
  const good = chatLines(12).trimEnd().split('\n');
  test.each([
    ['for nine examples', good.slice(0, 9), 'Training file has 9 example(s), but must have at least 10 examples.'],
    ['for a line that is no JSON', [...good, '{"messages": ['], 'Line 13: not valid JSON.'],
    ['for a line without messages', ['{"prompt":"x"}', ...good], 'Line 1: expected a non-empty list "messages".'],
    [
      'for an unknown role',
      [...good, '{"messages":[{"role":"bot","content":"x"}]}'],
      'Line 13: message 1 has an unknown role "bot".',
    ],
    [
      'for no last answer',
      [...good, '{"messages":[{"role":"user","content":"x"}]}'],
      'Line 13: the last message must be from the assistant.',
    ],
    ['for a line of 17 MB', [...good, `"${'x'.repeat(17 * 1024 * 1024)}"`], 'Line 13 is too long.'],
  ])('%s', async (_name, lines, message) => {
    const { client, sim } = await bench();
    const job = await ended(client, (await createJob(client, { lines: lines.join('\n') })).id);
    expect(job.status).toBe('failed');
    expect(job.error).toMatchObject({ code: 'invalid_training_file', param: 'training_file' });
    expect(job.error?.message).toContain(message);
    expect(job.finished_at).toEqual(expect.any(Number));
    expect(sim.ledger().totals.trainings).toBe(0);
  });

  test('when too many of its examples are unsafe', async () => {
    const { client, dataDir } = await bench();
    const unsafe = {
      messages: [
        { role: 'user', content: 'I will kill you' },
        { role: 'assistant', content: 'no' },
      ],
    };
    const lines = [...good, JSON.stringify(unsafe), JSON.stringify(unsafe)].join('\n');
    const { id } = await createJob(client, { lines });
    const job = await ended(client, id);
    expect(job.error?.code).toBe('unsafe_file');
    expect(job.error?.message).toContain('flagged by our moderation (2 of 14)');
    const events = await client.fineTuning.jobs.listEvents(id, { limit: 1 });
    expect(events.data[0]).toMatchObject({ level: 'error' });
    await until(
      () => jobsDir(dataDir),
      (names) => names.length === 0,
    );
  });

  test('waits for a file still being processed', async () => {
    const { client, sim } = await bench({ fileProcessingMs: 3_600_000 });
    const { id } = await createJob(client);
    expect((await client.fineTuning.jobs.retrieve(id)).status).toBe('validating_files');
    sim.advanceClock(3_600_000);
    expect((await ended(client, id)).status).toBe('succeeded');
  });
});

describe('the list of jobs', () => {
  test('goes page by page, newest first, and filters by metadata', async () => {
    const { client } = await bench({ queueMs: 3_600_000 });
    const training_file = (await uploadText(client, chatLines(20))).id;
    const ids: string[] = [];
    for (const run of ['a', 'b', 'a']) {
      ids.push((await createJob(client, { training_file, metadata: { run, "odd'key": 'x' } })).id);
    }
    const all: string[] = [];
    for await (const job of client.fineTuning.jobs.list({ limit: 2 })) all.push(job.id);
    expect(all).toEqual([...ids].reverse());
    const ofA = await client.fineTuning.jobs.list({ metadata: { run: 'a', "odd'key": 'x' } });
    expect(ofA.data.map((job) => job.id)).toEqual([ids[2], ids[0]]);
    expect((await client.fineTuning.jobs.list({ metadata: { run: 'none' } })).data).toEqual([]);
    expect((await refusal(client.fineTuning.jobs.list({ limit: 101 }).then())).param).toBe('limit');
  });

  test('lags behind creation while retrieving does not', async () => {
    const { client, sim } = await bench({ listLagMs: 30_000 });
    const { id } = await createJob(client);
    expect((await client.fineTuning.jobs.retrieve(id)).id).toBe(id);
    expect((await client.fineTuning.jobs.list()).data).toEqual([]);
    sim.advanceClock(30_000);
    expect((await client.fineTuning.jobs.list()).data.map((job) => job.id)).toEqual([id]);
  });
});
