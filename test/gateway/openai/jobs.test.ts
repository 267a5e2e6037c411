import OpenAI from 'openai';
import { smallDataSet } from '../../support/pipeline.ts';
import { serviceKey } from '../registry.ts';
import { over, trainer, until, uploaded } from './jobs-support.ts';
import { front } from './support.ts';

const model = 'stand-in-mini';

test('a job of an unchanged script is a run, which trains, tells how it goes, and answers', async () => {
  const there = await trainer();
  const { client, at } = there;
  const { id: training_file } = await there.upload();
  const created = await client.fineTuning.jobs.create({
    model,
    training_file,
    suffix: 'intents',
    seed: 7,
    metadata: { team: 'shop' },
    method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 2 } } },
  });
  expect(created).toMatchObject({ model, training_file, seed: 7, metadata: { team: 'shop' }, fine_tuned_model: null });
  expect(created).toMatchObject({ hyperparameters: { n_epochs: 2, batch_size: 'auto' }, error: null });

  const done = await until(there, created.id, over);
  expect(done).toMatchObject({ status: 'succeeded', trained_tokens: expect.any(Number), error: null });
  expect(done.fine_tuned_model).toMatch(/^simulator\/ft:stand-in-mini:tunewright:intents:/);
  const answer = await client.chat.completions.create({
    model: done.fine_tuned_model ?? '',
    messages: [{ role: 'user', content: 'I want my money back, please' }],
  });
  expect(answer.choices[0]?.message.content).toMatch(/^(billing|shipping)$/);

  const run = await at.client.get(created.id.replace('ftjob-', '')).result();
  expect(done.fine_tuned_model).toBe(`simulator/${run.model}`);
  expect(at.simulator.ledger().totals.jobs).toBe(1);

  const events = [];
  for await (const event of client.fineTuning.jobs.listEvents(created.id, { limit: 7 })) events.push(event);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events.filter(({ type }) => type === 'metrics').length).toBeGreaterThan(0);
  expect(events.at(-1)?.message).toBe(`Created fine-tuning job: ${created.id}`);
  // The platform says so of its own job, before the run's evaluation.
  expect(events.flatMap(({ message }, at) => (/success/.test(message) ? [at] : []))).toEqual([0]);
  const checkpoints = await client.fineTuning.jobs.checkpoints.list(created.id);
  expect(checkpoints.data.length).toBeGreaterThan(0);
  expect(checkpoints.data[0]).toMatchObject({ fine_tuning_job_id: created.id, metrics: { step: expect.any(Number) } });
  expect(checkpoints.data[0]?.fine_tuned_model_checkpoint).toMatch(/^simulator\/ft:/);

  const listed = await client.fineTuning.jobs.list({ metadata: { team: 'shop' } });
  expect(listed.data.map(({ id }) => id)).toContain(created.id);
});

test('a create that is sent again starts nothing more; a changed one does', async () => {
  const there = await trainer({ maxRunningJobs: 0 });
  const { client } = there;
  const { id: training_file } = await there.upload();
  const create = async (seed: number) => (await client.fineTuning.jobs.create({ model, training_file, seed })).id;
  const [first, ...again] = await Promise.all([create(1), create(1), create(1)]);
  expect(again).toEqual([first, first]);
  expect(await create(2)).not.toBe(first);
  // What was cancelled does not stand in the way.
  await client.fineTuning.jobs.cancel(first ?? '');
  expect((await until(there, first ?? '', over)).status).toBe('cancelled');
  expect(await create(1)).not.toBe(first);
});

test('a job is paused and resumed', async () => {
  const there = await trainer({ trainingSeconds: 3600 });
  // `paused` is no status of the published description, but one of the platform's.
  const client = new OpenAI({ baseURL: there.url, apiKey: serviceKey });
  const { id: training_file } = await there.upload();
  const { id } = await client.fineTuning.jobs.create({ model: `simulator/${model}`, training_file });
  await until({ ...there, client }, id, (status) => status === 'running');
  await client.fineTuning.jobs.pause(id);
  await until({ ...there, client }, id, (status) => status === 'paused');
  await client.fineTuning.jobs.resume(id);
  await until({ ...there, client }, id, (status) => status === 'running' || status === 'queued');
  await client.fineTuning.jobs.cancel(id);
  expect(await until({ ...there, client }, id, over)).toMatchObject({ status: 'cancelled', fine_tuned_model: null });
  expect(await client.fineTuning.jobs.cancel(id)).toMatchObject({ id, status: 'cancelled' });
  await expect(client.fineTuning.jobs.pause(id)).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/The job is over: it is cancelled\./),
  });
});

test('a job that fails says why', async () => {
  const there = await trainer();
  there.at.simulator.faults.add({
    kind: 'job',
    job: { failAtStep: { step: 1, code: 'diverged', message: 'Loss is NaN.' } },
  });
  const { id: training_file } = await there.upload();
  const { id } = await there.client.fineTuning.jobs.create({ model: 'gpt-4o-mini', training_file });
  const failed = await until(there, id, over);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'job_failed' } });
  expect(failed.error?.message).toContain('Loss is NaN.');
  const { data } = await there.client.fineTuning.jobs.listEvents(id);
  expect(data.find(({ level, message }) => level === 'error' && message.includes('Loss is NaN.'))).toBeDefined();
});

/** The method of a job that learns from scores, in the words of OpenAI's API. */
const rewardedBy = (grader: object, changes: object = {}) => ({
  type: 'reinforcement',
  reinforcement: { grader, ...changes },
});
const byIntent = {
  ...{ type: 'string_check', name: 'intent', operation: 'eq' },
  ...{ input: '{{sample.output_text}}', reference: '{{item.intent}}' },
};

test('a job that learns from scores is a run that is rewarded and judged by its grader', async () => {
  const all = await trainer();
  const questions = smallDataSet().replace(/,\{"role":"assistant","content":"(\w+)"\}\]\}/g, '],"intent":"$1"}');
  const { id: training_file } = await uploaded(all.client, questions);
  const hyperparameters = { n_epochs: 10, compute_multiplier: 2, eval_samples: 'auto', reasoning_effort: 'default' };
  const method = rewardedBy(byIntent, { hyperparameters }) as OpenAI.FineTuning.JobCreateParams['method'];
  const created = await all.client.fineTuning.jobs.create({ model: 'stand-in-mini', training_file, ...{ method } });
  const job = await until(all, created.id, over);
  expect(job).toMatchObject({
    status: 'succeeded',
    method: {
      type: 'reinforcement',
      reinforcement: { grader: byIntent, hyperparameters: { n_epochs: 10, compute_multiplier: 2 } },
    },
  });
  const { comparison } = await all.at.client.get(job.id.replace('ftjob-', '')).result();
  expect(comparison.tuned.score.value).toBe(1);
  expect(comparison.base.score.value).toBeLessThan(0.7);
});

describe('what cannot be a job is refused before anything is started', () => {
  test.each([
    ['a file that is not here', { training_file: 'file-of-openai' }, /upload it to the gateway first/],
    ['a field that would be lost', { integrations: [{ type: 'wandb', wandb: { project: 'p' } }] }, /integrations/],
    ['epochs out of bounds', { hyperparameters: { n_epochs: 99 } }, /n_epochs/],
    ['a method that is not known', { method: { type: 'guesswork' } }, /method.type/],
    ['a hyperparameter that would be lost', { hyperparameters: { prompt_loss_weight: 0.1 } }, /prompt_loss_weight/],
    ['rewards without a grader', { method: { type: 'reinforcement' } }, /name the grader whose scores it learns from/],
    [
      'a form of answers, which a run has not',
      { method: rewardedBy(byIntent, { response_format: { type: 'json_schema' } }) },
      /response_format: the form of answers is no setting of a run/,
    ],
    [
      'a setting of rewards that a run has not',
      { method: rewardedBy(byIntent, { hyperparameters: { eval_samples: 3 } }) },
      /eval_samples: only "auto" is taken/,
    ],
    [
      'a grader of which nobody says with which score an answer passes',
      { method: rewardedBy({ type: 'text_similarity', evaluation_metric: 'bleu', input: 'a', reference: 'b' }) },
      /evaluation\.grader\.pass_threshold: is needed/,
    ],
  ])('%s', async (_, changes, message) => {
    const { client } = await front({}, { gateway: { connection: 'simulator', models: {}, run: { budgetUsd: 5 } } });
    const { id } = await uploaded(client, smallDataSet());
    const refused = await client.fineTuning.jobs
      .create({ model, training_file: id, ...changes } as OpenAI.FineTuning.JobCreateParams)
      .catch((error) => error);
    expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
    expect(refused.message).toMatch(message);
  });

  test('without a budget, or without a connection, and says what to set', async () => {
    for (const [gateway, message] of [
      [{ connection: 'simulator', models: {}, run: {} }, /gateway\.run\.budgetUsd/],
      [{ models: {}, run: { budgetUsd: 5 } }, /TUNEWRIGHT_GATEWAY_CONNECTION/],
    ] as const) {
      const { client } = await front({}, { gateway });
      const { id } = await uploaded(client, smallDataSet());
      const refused = await client.fineTuning.jobs.create({ model, training_file: id }).catch((error) => error);
      expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
      expect(refused.message).toMatch(message);
    }
  });

  test('a job that is not there', async () => {
    const { client } = await front();
    await expect(client.fineTuning.jobs.retrieve('ftjob-none')).rejects.toMatchObject({ code: 'fine_tune_not_found' });
    await expect(client.fineTuning.jobs.cancel('another')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});
