import { ask, bench, createJob, refusal, trained } from './support.ts';

describe('models', () => {
  test('base models, aliases and tuned models are listed with their shutdown date; tuned ones can be deleted', async () => {
    const { client } = await bench({ models: { 'gpt-4.1-mini': { shutdownDate: '2998-01-01' } } });
    const job = await trained(client);
    const all = (await client.models.list()).data;
    expect(all.find((model) => model.id === job.fine_tuned_model)).toMatchObject({
      object: 'model',
      owned_by: 'tunewright-simulator',
      shutdown_date: '2998-01-01',
    });
    const ids = all.map((model) => model.id);
    expect(ids).toEqual(expect.arrayContaining(['gpt-4.1-mini', 'gpt-4.1-mini-2025-04-14', 'gpt-6-luna']));
    expect(ids.filter((id) => id.includes('ckpt'))).toEqual([]);
    expect((await client.models.retrieve('gpt-6-luna')).shutdown_date).toBeNull();
    expect((await client.models.retrieve(job.fine_tuned_model)).id).toBe(job.fine_tuned_model);

    expect(await client.models.delete(job.fine_tuned_model)).toMatchObject({ deleted: true });
    expect((await refusal(client.models.retrieve(job.fine_tuned_model))).code).toBe('model_not_found');
    expect((await refusal(ask(client, job.fine_tuned_model, 'x'))).code).toBe('model_not_found');
    // The last checkpoint shares the model's weights and goes on.
    const [last] = (await client.fineTuning.jobs.checkpoints.list(job.id)).data;
    expect(await ask(client, String(last?.fine_tuned_model_checkpoint), 'where is the parcel')).toBe('delivery');
    expect((await refusal(client.models.delete('gpt-4.1-mini'))).status).toBe(403);
    expect((await refusal(client.models.delete('ft:none'))).status).toBe(404);
  });

  test('on its shutdown date a base model goes, and every fine-tune of it', async () => {
    let now = Date.parse('2030-05-31T23:59:59Z');
    const { client, sim } = await bench({ now: () => now });
    sim.setModels({ 'gpt-4.1-mini': { shutdownDate: '2030-06-01' } });
    const job = await trained(client);
    expect(await ask(client, job.fine_tuned_model, 'where is the parcel')).toBe('delivery');
    now += 1000;
    for (const model of ['gpt-4.1-mini', job.fine_tuned_model]) {
      expect((await refusal(ask(client, model, 'x'))).code).toBe('model_not_found');
    }
    expect((await refusal(createJob(client))).code).toBe('model_not_available');
    expect((await client.models.list()).data.map((model) => model.id)).not.toContain(job.fine_tuned_model);
  });
});

describe('moderations', () => {
  test('flags by a word list', async () => {
    const { client, http } = await bench();
    const { results } = await client.moderations.create({ input: ['where is my parcel?', 'I will kill you'] });
    expect(results.map((result) => result.flagged)).toEqual([false, true]);
    expect(results[1]?.categories['harassment/threatening']).toBe(true);
    expect(results[1]?.category_scores['harassment/threatening']).toBe(1);
    expect(results[1]?.categories.sexual).toBe(false);
    expect((await http('POST', '/v1/moderations', {})).status).toBe(400);
  });
});

test('an unknown path and health', async () => {
  const { http } = await bench();
  expect(await http('GET', '/v1/nothing')).toMatchObject({
    status: 404,
    json: { error: { message: 'Invalid URL (GET /v1/nothing)', type: 'invalid_request_error' } },
  });
  const health = await http('GET', '/health', undefined, { authorization: '' });
  expect(health).toMatchObject({ status: 200, json: { status: 'ok', simulated: true } });
  expect(health.headers.get('x-simulated')).toBe('tunewright');
});
