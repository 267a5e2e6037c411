import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfigInput } from '../../../../src/contract/config.ts';
import type { ServerProcess } from '../../../../src/embedded/server-process.ts';
import { createPlatforms } from '../../../../src/platforms/registry.ts';
import { until } from '../../../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../../../support/pipeline.ts';
import { unique } from '../../../support/temporal.ts';
import { withTrainers } from '../../trainers.ts';
import { openStorage, remove, startTrainer } from '../support.ts';
import { type HubService, hubJobs, namespace, startHub } from './service.ts';

// A machine of Hugging Face is a process here, which really trains; a host of one's own serves what it has pushed.

withTrainers('a run on Hugging Face Jobs', () => {
  const model = `${namespace}/tiny`;
  let storage: string;
  let hub: HubService;
  let host: ServerProcess;
  let at: Pipeline;
  beforeAll(async () => {
    storage = await openStorage();
    hub = await startHub({ train: storage });
    const base = join(storage, 'models/tiny');
    const files = (await readdir(base)).map(async (name) => [name, await readFile(join(base, name))] as const);
    hub.repositories.set(`models/${model}`, new Map(await Promise.all(files)));
    // Out of the host's sight: it takes models from the hub, too.
    await mkdir(join(storage, 'away'));
    await rename(base, join(storage, 'away/tiny'));
    const taskQueue = unique('serving');
    host = await startTrainer(storage, taskQueue, [], hub.env);
    const training = { method: 'full', learningRate: 3e-3, maxTokens: 96 };
    const mine = { platform: 'huggingface', taskQueue, jobs: hubJobs(hub), training };
    const two = { ...mine, training: { ...training, processes: 2 } };
    at = await pipeline({}, { connections: { mine, two } });
  });
  afterAll(async () => {
    await at.close();
    await host.kill();
    await hub.close();
    await remove(storage);
  });

  const start = async (changes: Partial<RunConfigInput>) =>
    await at.client.start(at.config({ connection: 'mine', model, ...changes }), { name: unique('trained') });

  test('trains on a machine that takes all it needs from the hub and leaves all it has made there, and is evaluated', async () => {
    const before = hub.jobs.size;
    const run = await start({ evaluation: { maxOutputTokens: 8 }, hyperparameters: { epochs: 30 } });
    const { job, comparison, cost, ...result } = await run.result();
    const { tunewright_key: key } = (hub.jobs.get(job.id)?.request.labels ?? {}) as Record<string, string>;
    expect(result.model).toBe(`${model}:${key}`);
    expect(comparison.base.score.value).toBe(0);
    expect(comparison.tuned.score.value).toBeGreaterThan(0.9);
    expect(cost.trainingUsd).toBeGreaterThan(0);
    expect(hub.jobs.size).toBe(before + 1);
    expect([...(hub.repositories.get(`models/${namespace}/${key}`)?.keys() ?? [])]).toContain('model.safetensors');
    expect([...hub.repositories.keys()].filter((name) => name.endsWith('-checkpoint'))).toEqual([]);
  });

  test('where the machine was lost a retraining goes on from the last checkpoint that was pushed', async () => {
    const before = hub.jobs.size;
    const evaluation = { maxOutputTokens: 1, maxExamples: 2 };
    // A checkpoint of several processes is of all of them.
    const run = await start({ connection: 'two', evaluation, hyperparameters: { epochs: 50 } });
    const kept = () => [...hub.repositories].find(([name]) => name.endsWith('-checkpoint'))?.[1].get('checkpoint.json');
    await until(kept, (there) => there !== undefined, 180_000);
    [...hub.jobs.values()].at(-1)?.process?.kill('SIGKILL');
    await expect(run.result()).rejects.toMatchObject({
      code: 'job_failed',
      message: expect.stringContaining('no_result'),
    });
    const { step } = JSON.parse(`${kept()}`) as { step: number };
    expect(step).toBeGreaterThan(0);

    const again = await run.retrain({});
    const { job } = await again.result();
    const platform = createPlatforms(at.settings.connections, { ...at.settings, env: process.env }).get('mine');
    const told = (await platform.newEvents(job.id, undefined)).map(({ message }) => message);
    expect(told).toContain(`Training begins at step ${step} of 300.`);
    expect(told[0]).toBe('The model is pushed.');
    // Each job was created once, and nobody goes on any more.
    expect(hub.jobs.size).toBe(before + 2);
    expect(kept()).toBeUndefined();
  });
});
