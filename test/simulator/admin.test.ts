import { bench, createJob, refusal, trained, uploadText } from './support.ts';

describe('admin routes', () => {
  test('show the ledger and change speeds, clock, faults, webhooks and models', async () => {
    const { client, http, sim } = await bench();
    await uploadText(client, 'x');
    expect((await http('GET', '/admin/ledger')).json).toEqual(sim.ledger());
    expect(sim.ledger().totals.files).toBe(1);

    expect((await http('PATCH', '/admin/settings', { listLagMs: 600_000 })).json).toMatchObject({ listLagMs: 600_000 });
    await uploadText(client, 'y');
    expect((await client.files.list()).data).toHaveLength(0);
    expect((await http('POST', '/admin/clock', { advanceMs: 600_000 })).status).toBe(200);
    expect((await client.files.list()).data).toHaveLength(2);

    const { json } = await http('POST', '/admin/faults', { preset: 'slow_down', path: '/v1/models', times: -1 });
    const { id } = json as { id: string };
    expect((await refusal(client.models.list().then())).code).toBe('slow_down');
    expect((await http('GET', '/admin/faults')).json).toMatchObject({ data: [{ id, struck: 1 }] });
    expect((await http('DELETE', `/admin/faults/${id}`)).json).toEqual({ data: [] });
    await client.models.list();

    const endpoints = [{ url: 'http://127.0.0.1:9/', secret: 'whsec_YQ==' }];
    expect((await http('PUT', '/admin/webhooks', { endpoints })).json).toEqual({ endpoints: 1 });
    await http('PATCH', '/admin/models', { 'gpt-4.1-mini': { shutdownDate: '2000-01-01' } });
    expect((await refusal(createJob(client))).code).toBe('model_not_available');
    await http('PATCH', '/admin/models', { mine: { dollarsPerMillion: { training: 2, input: 1, output: 1 } } });
    const job = await trained(client, { model: 'mine' });
    expect(sim.ledger().entries.find((entry) => entry.kind === 'training')?.dollars).toBeCloseTo(
      (Number(job.trained_tokens) * 2) / 1e6,
      12,
    );
  });

  test.each([
    ['PATCH', '/admin/settings', { nonsense: 1 }, 'Unknown setting "nonsense"'],
    ['PATCH', '/admin/settings', { latencyMs: -1 }, 'must be a number of 0 or more'],
    ['POST', '/admin/faults', { preset: 'nonsense' }, 'Unknown fault preset'],
    ['POST', '/admin/clock', {}, 'must be a number'],
    ['PUT', '/admin/webhooks', { endpoints: [{ url: 'x', secret: 'y' }] }, 'is no URL'],
  ])('%s %s %j is refused with a reason', async (method, path, body, message) => {
    const { http } = await bench();
    const answer = await http(method, path, body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.json)).toContain(JSON.stringify(message).slice(1, -1));
  });

  test('need the admin token where one is set; a client key does not do', async () => {
    const { http } = await bench({ adminToken: 'secret' });
    expect((await http('GET', '/admin/ledger')).status).toBe(401);
    expect((await http('GET', '/admin/ledger', undefined, { authorization: 'Bearer secret' })).status).toBe(200);
  });

  test('latency is added to API answers but not to those of /admin', async () => {
    const { http } = await bench({ latencyMs: 150 });
    const since = performance.now();
    await http('GET', '/v1/models');
    expect(performance.now() - since).toBeGreaterThan(140);
    // Were it delayed, the test would run into its time limit.
    await http('PATCH', '/admin/settings', { latencyMs: 3_600_000 });
    expect((await http('GET', '/admin/settings')).json).toMatchObject({ latencyMs: 3_600_000 });
  });
});
