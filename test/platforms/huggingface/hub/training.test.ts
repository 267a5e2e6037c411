import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from '../../../support/pipeline.ts';
import { unique } from '../../../support/temporal.ts';
import { withTrainers } from '../../trainers.ts';
import { openStorage, remove, startTrainer } from '../support.ts';
import { hubJobs, namespace, startHub } from './service.ts';

// A machine of Hugging Face is a process here, which really trains; a host of one's own serves what it has pushed.

withTrainers('a run on Hugging Face Jobs', () => {
  test('trains on a machine that takes all it needs from the hub and leaves all it has made there, and is evaluated', async () => {
    const storage = await openStorage();
    const hub = await startHub({ train: storage });
    const base = join(storage, 'models/tiny');
    const files = (await readdir(base)).map(async (name) => [name, await readFile(join(base, name))] as const);
    hub.repositories.set(`models/${namespace}/tiny`, new Map(await Promise.all(files)));
    // Out of the host's sight: it takes models from the hub, too.
    await mkdir(join(storage, 'away'));
    await rename(base, join(storage, 'away/tiny'));
    const taskQueue = unique('serving');
    const host = await startTrainer(storage, taskQueue, [], hub.env);
    const training = { method: 'full', learningRate: 3e-3, maxTokens: 96 };
    const mine = { platform: 'huggingface', taskQueue, jobs: hubJobs(hub), training };
    const at = await pipeline({}, { connections: { mine } });
    try {
      const model = `${namespace}/tiny`;
      const evaluation = { maxOutputTokens: 8 };
      const hyperparameters = { epochs: 30 };
      const run = await at.client.start(at.config({ connection: 'mine', model, evaluation, hyperparameters }));
      const { job, comparison, cost, ...result } = await run.result();
      const [made] = [...hub.jobs.values()];
      const { tunewright_key: key } = (made?.request.labels ?? {}) as Record<string, string>;
      expect(result.model).toBe(`${model}:${key}`);
      expect(job).toMatchObject({ id: made?.id });
      expect(comparison.base.score.value).toBe(0);
      expect(comparison.tuned.score.value).toBeGreaterThan(0.9);
      expect(cost.trainingUsd).toBeGreaterThan(0);
      expect(hub.jobs.size).toBe(1);
      expect([...(hub.repositories.get(`models/${namespace}/${key}`)?.keys() ?? [])]).toContain('model.safetensors');
    } finally {
      await at.close();
      await host.kill();
      await hub.close();
      await remove(storage);
    }
  });
});
