import type OpenAI from 'openai';
import { bench, refusal, until, uploadText } from './support.ts';

describe('batches', () => {
  const hello = [{ role: 'user', content: 'hello' }];
  const line = (id: string, body: object = {}) =>
    JSON.stringify({
      custom_id: id,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4.1-mini', messages: hello, ...body },
    });
  const lines = (count: number) => Array.from({ length: count }, (_, at) => line(`r${at}`));

  async function createBatch(client: OpenAI, lines: string[]) {
    const file = await uploadText(client, lines.join('\n'), 'batch');
    return client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { run: 'w1' },
    });
  }
  async function batchEnd(client: OpenAI, id: string) {
    return until(
      () => client.batches.retrieve(id),
      (batch) => ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status),
    );
  }

  async function read(client: OpenAI, id: string | undefined) {
    const text = await (await client.files.content(String(id))).text();
    return text
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each));
  }

  test('answers every line, good ones and bad ones apart, for half the price', async () => {
    const { client, sim } = await bench();
    const created = await createBatch(client, [line('a'), line('b', { messages: [] }), line('c')]);
    expect(created).toMatchObject({ object: 'batch', status: 'validating', metadata: { run: 'w1' } });
    const batch = await batchEnd(client, created.id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
    const output = await read(client, batch.output_file_id);
    expect(output.map((each) => [each.custom_id, each.response.status_code])).toEqual([
      ['a', 200],
      ['c', 200],
    ]);
    expect(output[0].response.body.choices[0].message.content).toMatch(/simulated base model/);
    const [error] = await read(client, batch.error_file_id);
    expect(error).toMatchObject({
      custom_id: 'b',
      response: { status_code: 400, body: { error: { code: 'empty_array' } } },
    });

    const use = sim.ledger().chat['gpt-4.1-mini-2025-04-14'];
    expect(use?.requests).toBe(2);
    const full = (Number(use?.promptTokens) * 0.8 + Number(use?.completionTokens) * 3.2) / 1_000_000;
    expect(use?.dollars).toBeCloseTo(full / 2, 12);
    expect((await client.batches.list({ limit: 1 })).data.map(({ id }) => id)).toEqual([batch.id]);
    expect((await refusal(client.batches.cancel(batch.id))).status).toBe(400);
  });

  test.each([
    ['no JSON', [line('a'), '{'], 'invalid_json_line', 2],
    ['an id used twice', [line('a'), line('a')], 'duplicate_custom_id', 2],
    ['two models', [line('a'), line('b', { model: 'gpt-4.1-nano' })], 'mismatched_model', 2],
    ['a model that there is none of', [line('a', { model: 'gpt-none' })], 'model_not_found', 1],
    ['more than 50,000 requests', lines(50_001), 'too_many_tasks', 50_001],
  ])('fails for %s', async (_name, input, code, number) => {
    const { client, sim } = await bench();
    const batch = await batchEnd(client, (await createBatch(client, input)).id);
    expect(batch.status).toBe('failed');
    expect(batch.errors?.data?.[0]).toMatchObject({ code, line: number });
    expect(sim.ledger().chat).toEqual({});
  });

  /** Half of ten requests are answered when half of the time is over. */
  async function halfDone(options: { batchCancelMs?: number } = {}) {
    let now = Date.now();
    const { client, sim, dataDir } = await bench({ now: () => now, batchSeconds: 100, ...options });
    const { id } = await createBatch(client, lines(10));
    const answered = async () => (await client.batches.retrieve(id)).request_counts?.completed;
    await until(
      () => client.batches.retrieve(id),
      ({ status }) => status === 'in_progress',
    );
    now += 55_000;
    await until(answered, (count) => count === 5);
    return { client, sim, dataDir, id, pass: (ms: number) => (now += ms) };
  }

  test('is answered evenly over its time, and what is answered is paid', async () => {
    const { client, sim, id, pass } = await halfDone();
    expect(sim.ledger().chat).toEqual({});
    pass(50_000);
    expect(await batchEnd(client, id)).toMatchObject({ status: 'completed', request_counts: { completed: 10 } });
    expect(sim.ledger().chat['gpt-4.1-mini-2025-04-14']?.requests).toBe(10);
  });

  test('that is cancelled is so after a while, and keeps and costs what was answered', async () => {
    const { client, sim, id, pass } = await halfDone({ batchCancelMs: 60_000 });
    expect(await client.batches.cancel(id)).toMatchObject({ status: 'cancelling', cancelling_at: expect.any(Number) });
    pass(50_000);
    expect(await client.batches.retrieve(id)).toMatchObject({ status: 'cancelling' });
    pass(10_000);
    const batch = await batchEnd(client, id);
    expect(batch).toMatchObject({ status: 'cancelled', cancelled_at: expect.any(Number) });
    expect((await read(client, batch.output_file_id)).map((each) => each.custom_id)).toEqual([
      'r0',
      'r1',
      'r2',
      'r3',
      'r4',
    ]);
    expect(batch.error_file_id).toBeUndefined();
    expect(sim.ledger().chat['gpt-4.1-mini-2025-04-14']?.requests).toBe(5);
  });

  test('that takes longer than a day expires with what was answered', async () => {
    const { client, sim, id, pass } = await halfDone();
    pass(86_400_000);
    expect(await batchEnd(client, id)).toMatchObject({ status: 'completed' });

    sim.set({ batchSeconds: 200_000 });
    const slow = await createBatch(client, lines(4));
    await until(
      () => client.batches.retrieve(slow.id),
      ({ status }) => status === 'in_progress',
    );
    pass(86_400_000);
    const expired = await batchEnd(client, slow.id);
    expect(expired).toMatchObject({ status: 'expired', request_counts: { total: 4, completed: 1, failed: 3 } });
    expect(await read(client, expired.output_file_id)).toMatchObject([{ custom_id: 'r0' }]);
    const [first] = await read(client, expired.error_file_id);
    expect(first).toMatchObject({ custom_id: 'r1', response: null, error: { code: 'batch_expired' } });
    expect(sim.ledger().chat['gpt-4.1-mini-2025-04-14']?.requests).toBe(11);
  });

  test('goes wrong as it is told: as a whole, or in some of its lines', async () => {
    const { client, sim } = await bench();
    sim.faults.add({ preset: 'batch_token_limit' });
    const failed = await batchEnd(client, (await createBatch(client, lines(3))).id);
    expect(failed).toMatchObject({ status: 'failed', errors: { data: [{ code: 'token_limit_exceeded' }] } });
    sim.faults.add({ preset: 'batch_errors' });
    const { request_counts: counts } = await batchEnd(client, (await createBatch(client, lines(4))).id);
    expect(counts).toEqual({ total: 4, completed: 3, failed: 1 });
  });

  test('is listed page by page, and only after the lag of listings', async () => {
    const { client, sim } = await bench();
    for (let made = 0; made < 3; made++) await createBatch(client, lines(1));
    const listed: string[] = [];
    for await (const { id } of client.batches.list({ limit: 2 })) listed.push(id);
    expect(new Set(listed).size).toBe(3);
    sim.set({ listLagMs: 60_000 });
    expect((await client.batches.list()).data).toEqual([]);
  });

  test('goes on after the platform was killed, and is paid once', async () => {
    const { client, sim, dataDir, id, pass } = await halfDone();
    await sim.close();
    const next = await bench({ dataDir });
    pass(0);
    expect(await batchEnd(next.client, id)).toMatchObject({ status: 'completed', request_counts: { completed: 10 } });
    expect(next.sim.ledger().chat['gpt-4.1-mini-2025-04-14']?.requests).toBe(10);
    expect(client).toBeDefined();
  });

  test('unknown batches, files and endpoints are refused', async () => {
    const { client, http } = await bench();
    expect((await refusal(client.batches.retrieve('batch_none'))).status).toBe(404);
    const body = { input_file_id: 'file-none', endpoint: '/v1/chat/completions', completion_window: '24h' };
    expect((await http('POST', '/v1/batches', body)).status).toBe(400);
    expect((await http('POST', '/v1/batches', { ...body, endpoint: '/v1/embeddings' })).status).toBe(400);
  });
});
