import type { TunewrightError } from '../../src/contract/errors.ts';
import type { RemoteJob, TrainingPlatform } from '../../src/platforms/platform.ts';
import type { Connections } from '../../src/platforms/registry.ts';
import { apiKey, type Bench, bench, failureOf, hookSecret, newJob, spec, until } from './support.ts';
import { signed } from './webhook.ts';

/** How a platform is connected to the simulator at that address, in the settings of a connection. */
export type Connect = (simulatorUrl: string) => Connections[string];

/** What every platform has to keep; each calls it with its own connection. */
export function conforms(name: string, connect: Connect): void {
  const open = async (options: Parameters<typeof bench>[0] = {}, more: Record<string, unknown> = {}): Promise<Bench> =>
    await bench(options, (url) => ({ ...connect(url), ...more }));

  describe(`${name} conforms`, () => {
    test('a file is uploaded, found by the beginning of its name, ready, and deleted, also twice', async () => {
      const { platform, file } = await open();
      const remote = await platform.uploadFile(await file('key-1-train.jsonl'), {});
      await platform.uploadFile(await file('key-2-train.jsonl'), {});
      expect(remote.name).toBe('key-1-train.jsonl');
      expect(await platform.findFiles('key-1-')).toEqual([remote]);
      expect(await platform.isFileReady(remote.id)).toBe(true);
      await platform.deleteFile(remote.id);
      await platform.deleteFile(remote.id);
      expect(await platform.findFiles('key-1-')).toEqual([]);
    });

    test('a file takes its time, and one that is rejected says so', async () => {
      const { platform, file, simulator } = await open({ fileProcessingMs: 60_000 });
      const { id } = await platform.uploadFile(await file('key-1.jsonl'), {});
      expect(await platform.isFileReady(id)).toBe(false);
      simulator.advanceClock(60_000);
      expect(await platform.isFileReady(id)).toBe(true);
      simulator.faults.add({ kind: 'file', file: { status: 'error', details: 'Line 3 is no JSON.' } });
      const bad = await platform.uploadFile(await file('key-2.jsonl'), {});
      simulator.advanceClock(60_000);
      expect(await failureOf(platform.isFileReady(bad.id))).toMatchObject({
        code: 'refused',
        message: expect.stringContaining('Line 3 is no JSON.'),
      });
    });

    test('a large file goes up in parts, and goes on with those that are missing', async () => {
      const limits = { fileBytes: 1_000, partBytes: 500, parallelParts: 1 };
      const { catalogue } = connect('http://here') as unknown as { catalogue: object };
      const at = await open({}, { catalogue: { ...catalogue, limits } });
      const { platform } = at;
      const parts = at.count('POST', '/v1/uploads/*/parts');
      const file = await at.file('key-1.jsonl');
      at.simulator.faults.add({ kind: 'status', status: 500, path: '/v1/uploads/*/parts', skip: 2 });
      let state: Parameters<NonNullable<Parameters<typeof platform.uploadFile>[1]['onProgress']>>[1];
      const onProgress = (_: number, now?: typeof state) => {
        state = now;
      };
      expect(await failureOf(platform.uploadFile(file, { onProgress }))).toMatchObject({
        code: 'platform_unavailable',
      });
      const remote = await platform.uploadFile(file, { resume: state });
      expect(remote).toMatchObject({ name: 'key-1.jsonl', bytes: file.bytes });
      expect(parts()).toBe(Math.ceil(file.bytes / 500) + 1);
    });

    test('a job is found by its key, trains, and tells how it went', async () => {
      const at = await open();
      const created = await newJob(at, { key: 'key-1', runName: 'mine' });
      const found = await at.platform.findJobs({ key: 'key-1', trainingFileIds: [], since: Date.now() - 60_000 });
      expect(found.map(({ id }) => id)).toEqual([created.id]);
      const done = await until(at.platform, created.id);
      expect(done).toMatchObject({ state: 'succeeded', error: undefined, trainedTokens: expect.any(Number) });
      expect(at.platform.catalogueEntry(done.model ?? '')?.id).toBe('stand-in-mini');
      const [newest, ...older] = await at.platform.newEvents(created.id, undefined);
      expect(older.length).toBeGreaterThan(0);
      expect(await at.platform.newEvents(created.id, newest?.id)).toEqual([]);
      expect((await at.platform.trainingCurve(created.id)).at(-1)).toMatchObject({ trainLoss: expect.any(Number) });
      const checkpoints = await at.platform.listCheckpoints(created.id);
      expect(checkpoints.length).toBeGreaterThan(0);
      for (const { model } of checkpoints) expect(model).not.toBe('');
    });

    test('a create whose answer is lost is in doubt, and its job is found', async () => {
      const at = await open();
      at.simulator.faults.add({ kind: 'drop-after', method: 'POST', path: '/v1/fine_tuning/jobs' });
      expect(await failureOf(newJob(at, { key: 'key-1' }))).toMatchObject({ code: 'answer_lost', retry: 'unsure' });
      expect(
        await at.platform.findJobs({ key: 'key-1', trainingFileIds: [], since: Date.now() - 60_000 }),
      ).toHaveLength(1);
      expect(at.simulator.ledger().totals.jobs).toBe(1);
    });

    test('a job is paused, resumed and cancelled, each also when it is so already', async () => {
      const at = await open({ trainingSeconds: 3_600 });
      const { id } = await newJob(at);
      await until(at.platform, id, ({ state }) => state === 'running');
      const { platform } = at;
      expect(platform.capabilities.pause).toBe(true);
      for (const _ of [1, 2]) expect((await platform.pauseJob(id)).state).toBe('paused');
      for (const _ of [1, 2]) expect(['waiting', 'running']).toContain((await platform.resumeJob(id)).state);
      for (const _ of [1, 2]) expect((await platform.cancelJob(id)).state).toBe('cancelled');
      expect(at.simulator.ledger().totals.trainings).toBe(0);
    });

    test('a job that fails says why; a status nobody knows is no end', async () => {
      const at = await open();
      at.simulator.faults.add({
        kind: 'job',
        job: { failAtStep: { step: 1, code: 'diverged', message: 'Loss is NaN.' } },
      });
      const failed = await until(at.platform, (await newJob(at)).id, ({ state }) => state === 'failed');
      expect(failed).toMatchObject({
        state: 'failed',
        model: null,
        error: { code: 'diverged', message: 'Loss is NaN.' },
      });
      at.simulator.faults.add({ kind: 'job', job: { showStatus: { status: 'pondering', forMs: 60_000 } } });
      expect(await newJob(at)).toMatchObject({ state: 'unknown', platformStatus: 'pondering' });
    });

    test('a tuned model answers, and is deleted, also twice', async () => {
      const at = await open();
      const { model } = (await until(at.platform, (await newJob(at)).id)) as RemoteJob & { model: string };
      const target = await served(at.platform, model);
      const messages = [{ role: 'user', content: 'I want my money back for order 3' }];
      expect(await at.platform.chat({ model: target, messages, maxOutputTokens: 16, seed: 1 })).toEqual({
        text: 'refund',
        finishReason: 'stop',
        inputTokens: expect.any(Number),
        outputTokens: expect.any(Number),
      });
      expect(await at.platform.getModel('stand-in-mini')).toMatchObject({ id: 'stand-in-mini' });
      const offered = (await at.platform.listModels())?.map(({ id }) => id);
      expect(offered).toEqual(expect.arrayContaining(['stand-in-mini', model]));
      expect((await at.platform.listHoldings('key-')).models.has(model)).toBe(true);
      await at.platform.deployments?.remove(target);
      await at.platform.deleteModel(model);
      await at.platform.deleteModel(model);
      expect((await at.platform.listHoldings('key-')).models.has(model)).toBe(false);
      expect(await failureOf(at.platform.getModel(model))).toMatchObject({ code: 'model_not_found' });
    });

    test('what a run has left is listed', async () => {
      const at = await open({ trainingSeconds: 3_600 });
      const file = await at.platform.uploadFile(await at.file('key-1-train.jsonl'), {});
      const { id } = await at.platform.createJob(spec(file.id, { key: 'key-1', runName: 'mine' }));
      const { files, jobs } = await at.platform.listHoldings('key-');
      expect(files).toMatchObject([file]);
      expect(jobs).toMatchObject([{ id, key: 'key-1', runName: 'mine' }]);
    });

    test('what an account holds is listed, whoever has made it', async () => {
      const at = await open();
      const { id } = await newJob(at, { suffix: 'desk', hyperparameters: { ...spec('').hyperparameters, epochs: 2 } });
      const { model } = (await until(at.platform, id)) as RemoteJob & { model: string };
      const { account } = at.platform;
      const files = await collect(account?.files());
      const jobs = await collect(account?.jobs());
      expect(jobs).toMatchObject([
        {
          id,
          model,
          startedFrom: 'stand-in-mini',
          method: 'supervised',
          hyperparameters: { epochs: 2 },
          suffix: 'desk',
        },
      ]);
      const named = jobs.flatMap(({ trainingFileId, resultFileIds }) => [trainingFileId, ...resultFileIds]);
      expect(files.map((file) => file.id)).toEqual(expect.arrayContaining(named));
      expect(named).toHaveLength(2);
      // A checkpoint is no model of its own.
      expect(await account?.models()).toMatchObject([{ id: model, baseModel: 'stand-in-mini' }]);
      expect(account?.describe('stand-in-mini')).toBeUndefined();
    });

    test.each([
      ['a key that is wrong', { status: 401 }, 'wrong_key', 'never'],
      ['a permission that is lacking', { status: 403 }, 'forbidden', 'never'],
      ['haste', { status: 429, headers: { 'retry-after': '3600' } }, 'rate_limited', 'yes'],
      ['no money', { status: 429, body: { error: { code: 'insufficient_quota' } } }, 'quota_exhausted', 'never'],
      ['trouble', { status: 500 }, 'platform_unavailable', 'unsure'],
      [
        'a page instead of an answer',
        { status: 200, rawBody: '<html>', contentType: 'text/html' },
        'bad_answer',
        'unsure',
      ],
      ['what it does not like', { status: 400, body: { error: { message: 'No.' } } }, 'refused', 'never'],
    ])('%s gets its name', async (_, answer, code, retry) => {
      const at = await open();
      at.simulator.faults.add({ kind: 'status', method: 'GET', path: '/v1/fine_tuning/jobs/*', ...answer });
      const failure = (await failureOf(at.platform.getJob('ftjob-1'))) as TunewrightError;
      expect(failure).toMatchObject({ code, retry });
      if ('headers' in answer) expect(failure.retryAfterMs).toBe(3_600_000);
      expect(failure.message).not.toContain(apiKey);
    });

    test('an event that is pushed is taken with its signature alone', async () => {
      const { platform } = await open();
      const body = JSON.stringify({
        id: 'evt_1',
        type: 'fine_tuning.job.succeeded',
        created_at: Math.floor(Date.now() / 1000),
        data: { id: 'ftjob-1' },
      });
      expect(await platform.verifyWebhook(body, signed(body, hookSecret))).toMatchObject({ jobId: 'ftjob-1' });
      expect(await failureOf(platform.verifyWebhook(`${body} `, signed(body, hookSecret)))).toMatchObject({
        code: 'wrong_key',
      });
    });
  });
}

/** Under which name the model is asked: where models are deployed, that of a deployment that answers. */
async function served({ deployments }: TrainingPlatform, model: string): Promise<string> {
  if (!deployments) return model;
  await deployments.create({ name: 'key-1-tuned', model });
  expect(await deployments.state('key-1-tuned')).toBe('ready');
  return 'key-1-tuned';
}

async function collect<T>(items: AsyncIterable<T> | undefined): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items ?? []) found.push(item);
  return found;
}
