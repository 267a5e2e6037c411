import { bench, connected, endpoint, newJob, until } from '../support.ts';

const results = { method: 'GET', path: '/v1/files/*/content' };

async function trained(epochs = 4) {
  const at = await bench();
  const hyperparameters = { epochs, batchSize: 10, learningRateMultiplier: 'auto' as const };
  const job = await until(at.platform, (await newJob(at, { hyperparameters })).id);
  return { at, job, steps: epochs * 2 };
}

test('events come newest first, back to the one last seen', async () => {
  const { at, job } = await trained();
  const all = await at.platform.newEvents(job.id, undefined);
  expect(all[0]).toEqual({
    id: expect.stringMatching(/^ftevent-/),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.000Z$/),
    level: 'info',
    message: 'The job has successfully completed',
  });
  expect(all.at(-1)?.message).toBe(`Created fine-tuning job: ${job.id}`);
  expect(all.find((event) => event.metrics)?.metrics).toMatchObject({ step: 8, totalSteps: 8 });
  expect(await at.platform.newEvents(job.id, all[3]?.id)).toEqual(all.slice(0, 3));
  expect(await at.platform.newEvents(job.id, all[0]?.id)).toEqual([]);
});

/** An endpoint whose jobs have that many events, newest first. */
const manyEvents = async (count: number, data: (n: number) => unknown = () => null) =>
  await endpoint(({ url }) => {
    if (!url.includes('/events')) return { id: 'ftjob-1', created_at: 1, status: 'running', training_file: 'file-1' };
    const query = new URL(url, 'http://here').searchParams;
    const newest = Number(query.get('after')?.slice('event-'.length) ?? count + 1) - 1;
    const ids = Array.from({ length: Math.min(newest, Number(query.get('limit'))) }, (_, i) => newest - i);
    return {
      data: ids.map((n) => ({ id: `event-${n}`, created_at: n, level: 'debug', message: `event ${n}`, data: data(n) })),
      has_more: newest > ids.length,
    };
  });

test('no more events are read than a progress line can use', async () => {
  const { url, requests } = await manyEvents(1_000);
  const events = await connected(url).newEvents('ftjob-1', undefined);
  expect(events).toHaveLength(200);
  expect(events[0]).toMatchObject({ id: 'event-1000', level: 'info', metrics: undefined });
  expect(requests.length).toBeLessThanOrEqual(3);
});

test('an event without data has no metrics', async () => {
  const { url } = await endpoint(() => ({ data: [{ id: 'event-1', created_at: 1, level: 'warn', message: 'slow' }] }));
  expect(await connected(url).newEvents('ftjob-1', undefined)).toEqual([
    { id: 'event-1', at: '1970-01-01T00:00:01.000Z', level: 'warn', message: 'slow' },
  ]);
});

test('the curve is that of the result file', async () => {
  const { at, job, steps } = await trained();
  const read = at.count(results.method, results.path);
  const curve = await at.platform.trainingCurve(job.id);
  expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
  expect(curve[0]).toMatchObject({ trainLoss: expect.any(Number), trainAccuracy: expect.any(Number) });
  expect(curve.at(-1)?.trainLoss).toBeLessThan(curve[0]?.trainLoss ?? 0);
  expect(read()).toBe(1);
});

test('the curve of a job without a result file is that of all its events, in order', async () => {
  const { url } = await manyEvents(450, (n) => (n > 10 ? { step: n, train_loss: 1 / n } : { step: null }));
  const curve = await connected(url).trainingCurve('ftjob-1');
  expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: 440 }, (_, i) => i + 11));
});

test('the curve of a job whose result file is gone is that of its events', async () => {
  const { at, job, steps } = await trained();
  at.simulator.faults.add({ kind: 'status', status: 404, body: { error: { message: 'No such File' } }, ...results });
  expect(await at.platform.trainingCurve(job.id)).toHaveLength(steps);
});

test('checkpoints name their model, step and metrics', async () => {
  const { at, job } = await trained();
  const checkpoints = await at.platform.listCheckpoints(job.id);
  expect(checkpoints.map(({ step }) => step).sort()).toEqual([4, 6, 8]);
  const last = checkpoints.find(({ step }) => step === 8);
  expect(last).toMatchObject({
    model: `${job.model}:ckpt-step-8`,
    metrics: { step: 8, trainLoss: expect.any(Number) },
  });
});

test('a checkpoint without metrics has its step', async () => {
  const { url } = await endpoint(() => ({
    data: [{ id: 'ckpt-1', fine_tuned_model_checkpoint: 'ft:a:ckpt-step-3', step_number: 3, metrics: null }],
  }));
  expect(await connected(url).listCheckpoints('ftjob-1')).toEqual([
    { model: 'ft:a:ckpt-step-3', step: 3, metrics: { step: 3 } },
  ]);
});
