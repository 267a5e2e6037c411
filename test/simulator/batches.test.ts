import type OpenAI from 'openai';
import { bench, refusal, until, uploadText } from './support.ts';

describe('batches', () => {
  const line = (id: string, model = 'gpt-4.1-mini') =>
    JSON.stringify({
      custom_id: id,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content: 'hello' }] },
    });

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
      (batch) => ['completed', 'failed', 'cancelled'].includes(batch.status),
    );
  }

  test('answers every line, good ones and bad ones apart, for half the price', async () => {
    const { client, sim } = await bench();
    const created = await createBatch(client, [line('a'), line('b', 'gpt-none'), line('c')]);
    expect(created).toMatchObject({ object: 'batch', status: 'validating', metadata: { run: 'w1' } });
    const batch = await batchEnd(client, created.id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
    const read = async (id: string | undefined) =>
      (await (await client.files.content(String(id))).text())
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text));
    const output = await read(batch.output_file_id);
    expect(output.map((each) => [each.custom_id, each.response.status_code])).toEqual([
      ['a', 200],
      ['c', 200],
    ]);
    expect(output[0].response.body.choices[0].message.content).toMatch(/simulated base model/);
    const [error] = await read(batch.error_file_id);
    expect(error).toMatchObject({
      custom_id: 'b',
      response: { status_code: 404, body: { error: { code: 'model_not_found' } } },
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
  ])('fails for %s', async (_name, lines, code, number) => {
    const { client, sim } = await bench();
    const batch = await batchEnd(client, (await createBatch(client, lines)).id);
    expect(batch.status).toBe('failed');
    expect(batch.errors?.data?.[0]).toMatchObject({ code, line: number });
    expect(sim.ledger().chat).toEqual({});
  });

  test('can be cancelled on the way, which costs nothing', async () => {
    const { client, sim } = await bench();
    const { id } = await createBatch(
      client,
      Array.from({ length: 5000 }, (_, at) => line(`r${at}`)),
    );
    expect((await client.batches.cancel(id)).status).toBe('cancelled');
    expect((await batchEnd(client, id)).status).toBe('cancelled');
    expect(sim.ledger().chat).toEqual({});
  });

  test('unknown batches, files and endpoints are refused', async () => {
    const { client, http } = await bench();
    expect((await refusal(client.batches.retrieve('batch_none'))).status).toBe(404);
    const body = { input_file_id: 'file-none', endpoint: '/v1/chat/completions', completion_window: '24h' };
    expect((await http('POST', '/v1/batches', body)).status).toBe(400);
    expect((await http('POST', '/v1/batches', { ...body, endpoint: '/v1/embeddings' })).status).toBe(400);
  });
});
