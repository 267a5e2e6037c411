import { ask, bench, chatLines, createJob, ended, refusal, uploadText } from './support.ts';

const grader = {
  type: 'string_check' as const,
  name: 'right',
  operation: 'eq' as const,
  input: '{{sample.output_text}}',
  reference: '{{item.intent}}',
};
const rewarded = (changes: object = {}) => ({
  type: 'reinforcement' as const,
  reinforcement: { grader, hyperparameters: { n_epochs: 4, batch_size: 2 }, ...changes },
});

/** The questions of `chatLines`, the answer in a field beside them. */
const questions = (count: number) =>
  chatLines(count).replace(/,\{"role":"assistant","content":"(\w+)"\}\]\}/g, '],"intent":"$1"}');

test('a job by reinforcement learns from rewards, which it tells under their names', async () => {
  const { client, sim } = await bench();
  const validation = await uploadText(client, questions(8));
  const created = await createJob(client, {
    model: 'stand-in-mini',
    lines: questions(40),
    validation_file: validation.id,
    method: rewarded(),
  });
  const asked = { n_epochs: 4, batch_size: 2, learning_rate_multiplier: 'auto', compute_multiplier: 'auto' };
  expect(created.method).toEqual({ type: 'reinforcement', reinforcement: { grader, hyperparameters: asked } });

  const job = await ended(client, created.id);
  expect(job).toMatchObject({ status: 'succeeded', hyperparameters: null });
  const settled = { ...asked, learning_rate_multiplier: 1, compute_multiplier: 1 };
  expect(job.method).toEqual({ type: 'reinforcement', reinforcement: { grader, hyperparameters: settled } });
  expect(await ask(client, String(job.fine_tuned_model), 'please, where is my parcel?')).toBe('delivery');

  const csv = Buffer.from(await (await client.files.content(String(job.result_files[0]))).text(), 'base64').toString();
  const [header, ...rows] = csv.trim().split('\n');
  expect(header).toBe('step,train_mean_reward,valid_mean_reward');
  const rewards = rows.map((row) => Number(row.split(',')[1]));
  expect(rewards[0]).toBeCloseTo(1 / 4);
  expect(rewards.at(-1)).toBeGreaterThan(0.9);
  const [last] = (await client.fineTuning.jobs.checkpoints.list(job.id)).data;
  expect(last?.metrics).toMatchObject({ step: 80, full_valid_mean_reward: expect.closeTo(1, 1) });
  expect(last?.metrics).not.toHaveProperty('train_loss');
  expect(sim.ledger().totals).toMatchObject({ trainings: 1, trainedTokens: job.trained_tokens });
});

test.each([
  ['without a grader', { grader: undefined }, 'method.reinforcement.grader'],
  ['by a grader that is not computed here', { grader: { ...grader, type: 'python' } }, 'method.reinforcement.grader'],
  ['with a multiplier out of bounds', { hyperparameters: { compute_multiplier: 11 } }, 'compute_multiplier'],
])('a job %s is refused', async (_, changes, param) => {
  const { client } = await bench();
  const validation_file = (await uploadText(client, questions(8))).id;
  const method = rewarded(changes) as Parameters<typeof client.fineTuning.jobs.create>[0]['method'];
  const creating = createJob(client, { model: 'stand-in-mini', lines: questions(40), validation_file, method });
  expect(await refusal(creating)).toMatchObject({ status: 400, param });
});

test('without a validation file, or for a model that does not learn so, it is refused', async () => {
  const { client } = await bench();
  const lines = questions(40);
  const alone = await refusal(createJob(client, { model: 'stand-in-mini', lines, method: rewarded() }));
  expect(alone).toMatchObject({ status: 400, param: 'validation_file' });
  const validation_file = (await uploadText(client, questions(8))).id;
  const other = await refusal(createJob(client, { lines, validation_file, method: rewarded() }));
  expect(other).toMatchObject({ status: 400, code: 'model_not_available' });
});

test('a file of answers fails, as its first line says', async () => {
  const { client } = await bench();
  const validation_file = (await uploadText(client, questions(8))).id;
  const created = await createJob(client, { model: 'stand-in-mini', validation_file, method: rewarded() });
  const job = await ended(client, created.id);
  expect(job).toMatchObject({ status: 'failed', error: { code: 'invalid_training_file' } });
  expect(job.error?.message).toContain('Line 1: the last message must be from the user');
});
