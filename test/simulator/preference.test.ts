import {
  ask,
  bench,
  chatLines,
  createJob,
  ended,
  pairLines,
  polite,
  refusal,
  trained,
  until,
  uploadText,
} from './support.ts';

type Client = Awaited<ReturnType<typeof bench>>['client'];
type Hyperparameters = { beta?: number | 'auto'; n_epochs?: number; batch_size?: number };

const dpo = (hyperparameters?: Hyperparameters) => ({
  type: 'dpo' as const,
  ...(hyperparameters && { dpo: { hyperparameters } }),
});

/** Pairs that tell of one of the four intents alone. */
const ofDelivery = pairLines(40)
  .split('\n')
  .filter((line) => line.includes('delivery'))
  .join('\n');

/** Step, training loss and accuracy, row by row. */
async function results(client: Client, file: string | undefined) {
  const csv = Buffer.from(await (await client.files.content(String(file))).text(), 'base64').toString();
  return csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').map(Number));
}

describe('a job by direct preference optimisation', () => {
  test('makes a base answer unseen questions in the preferred style, with losses, checkpoints and a bill', async () => {
    const { client, sim } = await bench();
    const validation = await uploadText(client, pairLines(8));
    const created = await createJob(client, {
      lines: pairLines(40),
      validation_file: validation.id,
      method: dpo({ beta: 0.5, n_epochs: 4, batch_size: 2 }),
    });
    const asked = { beta: 0.5, n_epochs: 4, batch_size: 2, learning_rate_multiplier: 'auto' };
    expect(created).toMatchObject({ status: 'validating_files', hyperparameters: null });
    expect(created.method).toEqual({ type: 'dpo', dpo: { hyperparameters: asked } });

    const job = await ended(client, created.id);
    expect(job).toMatchObject({ status: 'succeeded', hyperparameters: null });
    expect(job.method).toEqual({ type: 'dpo', dpo: { hyperparameters: { ...asked, learning_rate_multiplier: 1 } } });
    expect(await ask(client, String(job.fine_tuned_model), 'please, where is my parcel?')).toBe(polite('delivery'));
    expect(await ask(client, 'gpt-4.1-mini', 'please, where is my parcel?')).not.toBe(polite('delivery'));

    const rows = await results(client, job.result_files[0]);
    expect(rows[0]?.slice(0, 3)).toEqual([1, expect.closeTo(Math.LN2, 9), 0]);
    expect(rows.at(-1)?.[1]).toBeLessThan(0.2);
    expect(rows.at(-1)?.[2]).toBe(1);
    const [last] = (await client.fineTuning.jobs.checkpoints.list(job.id)).data;
    expect(last).toMatchObject({ step_number: 80, metrics: { full_valid_mean_token_accuracy: 1 } });
    expect(last?.metrics.full_valid_loss).toBeLessThan(Math.LN2);
    expect(sim.ledger().totals).toMatchObject({ trainings: 1, trainedTokens: job.trained_tokens });
  });

  test('goes on from a supervised model, which keeps to what it learned where pairs say nothing of it', async () => {
    const { client } = await bench();
    const first = await trained(client);
    const question = 'it was about the parcel I ordered';
    expect(await ask(client, first.fine_tuned_model, question)).toBe('delivery');
    const second = await trained(client, { model: first.fine_tuned_model, lines: ofDelivery, method: dpo() });
    expect(second).toMatchObject({
      model: first.fine_tuned_model,
      method: { dpo: { hyperparameters: { beta: 0.1 } } },
    });
    expect(await ask(client, second.fine_tuned_model, question)).toBe(polite('delivery'));
    expect(await ask(client, second.fine_tuned_model, 'I want my money back')).toBe('refund');
    expect((await results(client, second.result_files[0]))[0]?.[1]).toBeCloseTo(Math.LN2, 9);
  });

  test('needs the model that it goes on from only until its files are checked', async () => {
    const { client, sim } = await bench();
    const parent = await trained(client);
    sim.set({ queueMs: 3_600_000 });
    const { id } = await createJob(client, { model: parent.fine_tuned_model, lines: ofDelivery, method: dpo() });
    await until(
      () => client.fineTuning.jobs.retrieve(id),
      (job) => job.status === 'queued',
    );
    await client.models.delete(parent.fine_tuned_model);
    sim.advanceClock(3_600_000);
    const job = await ended(client, id);
    expect(job).toMatchObject({ status: 'succeeded', model: parent.fine_tuned_model });
    expect(await ask(client, String(job.fine_tuned_model), 'I want my money back')).toBe('refund');
  });

  test('with the same seed computes the same, and another beta another loss', async () => {
    const { client } = await bench();
    const lossesWith = async (beta: number) => {
      const { result_files } = await trained(client, { lines: pairLines(40), method: dpo({ beta }) });
      return results(client, result_files[0]);
    };
    const [one, again, strict] = [await lossesWith(0.2), await lossesWith(0.2), await lossesWith(2)];
    expect(again).toEqual(one);
    expect(strict.at(-1)?.[1]).not.toBeCloseTo(one.at(-1)?.[1] ?? 0, 3);
  });

  test('bills both answers of a pair, each with what is asked, times the epochs', async () => {
    const { client } = await bench();
    const tokensOf = async (lines: string, type: 'dpo' | 'supervised') => {
      const hyperparameters = { n_epochs: 2 };
      return Number((await trained(client, { lines, method: { type, [type]: { hyperparameters } } })).trained_tokens);
    };
    const sides = pairLines(20)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .flatMap(({ input, preferred_output, non_preferred_output }) =>
        [preferred_output, non_preferred_output].map((output) =>
          JSON.stringify({ messages: [...input.messages, ...output] }),
        ),
      )
      .join('\n');
    expect(await tokensOf(pairLines(20), 'dpo')).toBe(await tokensOf(sides, 'supervised'));
  });
});

describe('such a job is refused', () => {
  test.each([
    ['a beta of 0', { beta: 0 }, 'beta', 'integer_below_min_value'],
    ['a beta above 2', { beta: 2.1 }, 'beta', 'integer_above_max_value'],
    ['a beta that is no number', { beta: 'high' }, 'beta', 'invalid_type'],
    ['too many epochs', { n_epochs: 51 }, 'n_epochs', 'integer_above_max_value'],
  ])('for %s', async (_name, hyperparameters, param, code) => {
    const { client, sim } = await bench();
    const error = await refusal(createJob(client, { method: dpo(hyperparameters as Hyperparameters) }));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param, code });
    expect(sim.ledger().totals.jobs).toBe(0);
  });

  test('for a model that cannot be tuned in this way, though in another', async () => {
    const { client } = await bench({ models: { 'gpt-4o-mini': { shutdownDate: null } } });
    const create = (type: 'dpo' | 'supervised') => createJob(client, { model: 'gpt-4o-mini', method: { type } });
    const error = await refusal(create('dpo'));
    expect(error).toMatchObject({ status: 400, param: 'model', code: 'model_not_available' });
    expect(error.message).toContain("'dpo'");
    expect((await create('supervised')).model).toBe('gpt-4o-mini-2024-07-18');
  });
});

describe('such a job fails', () => {
  const good = pairLines(12).trimEnd().split('\n');
  const pair = (patch: object) => JSON.stringify({ ...JSON.parse(good[0] ?? ''), ...patch });
  const user = { role: 'user', content: 'x' };
  const assistant = { role: 'assistant', content: 'x' };
  test.each([
    ['for a supervised file', chatLines(12).split('\n'), 'Line 1: expected an object "input".'],
    ['for nine pairs', good.slice(0, 9), 'Training file has 9 example(s), but must have at least 10 examples.'],
    ['for no messages', [...good, pair({ input: {} })], 'Line 13: expected a non-empty list "input.messages".'],
    [
      'for tools that are no list',
      [...good, pair({ input: { messages: [user], tools: {} } })],
      'Line 13: expected "input.tools" to be a list.',
    ],
    [
      'for an output that is missing',
      [...good, pair({ non_preferred_output: undefined })],
      'Line 13: expected a non-empty list "non_preferred_output".',
    ],
    [
      'for an output from the user',
      [...good, pair({ preferred_output: [user] })],
      'Line 13: "preferred_output" must be one message from the assistant.',
    ],
    [
      'for an output of two messages',
      [...good, pair({ preferred_output: [assistant, assistant] })],
      'Line 13: "preferred_output" must be one message from the assistant.',
    ],
    [
      'for an output without content',
      [...good, pair({ preferred_output: [{ role: 'assistant' }] })],
      'Line 13: message 1 of "preferred_output" has no content.',
    ],
  ])('%s', async (_name, lines, message) => {
    const { client, sim } = await bench();
    const job = await ended(client, (await createJob(client, { lines: lines.join('\n'), method: dpo() })).id);
    expect(job.status).toBe('failed');
    expect(job.error).toMatchObject({ code: 'invalid_training_file', param: 'training_file' });
    expect(job.error?.message).toContain(message);
    expect(sim.ledger().totals.trainings).toBe(0);
  });

  test('and so does a supervised one that is given pairs, or a validation file of the other kind', async () => {
    const { client } = await bench();
    const supervised = await ended(client, (await createJob(client, { lines: pairLines(12) })).id);
    expect(supervised.error?.message).toContain('Line 1: expected a non-empty list "messages".');
    const { id: validation_file } = await uploadText(client, chatLines(12));
    const created = await createJob(client, { lines: pairLines(12), validation_file, method: dpo() });
    expect((await ended(client, created.id)).error?.message).toContain('Line 1: expected an object "input".');
  });

  test('when too many of its rejected answers are unsafe', async () => {
    const { client } = await bench();
    const unsafe = pair({ non_preferred_output: [{ role: 'assistant', content: 'I will kill you' }] });
    const created = await createJob(client, { lines: [...good, unsafe].join('\n'), method: dpo() });
    expect((await ended(client, created.id)).error?.code).toBe('unsafe_file');
  });
});
