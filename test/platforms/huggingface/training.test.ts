import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '../../../src/artifacts/index.ts';
import type { RunHandle } from '../../../src/client.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import type { RunProgress } from '../../../src/contract/run.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import type { ServerProcess } from '../../../src/embedded/server-process.ts';
import type { TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { until } from '../../faults/support/outcome.ts';
import { contraryPairs, type Pipeline, pipeline, smallDataSet } from '../../support/pipeline.ts';
import { unique } from '../../support/temporal.ts';
import { failureOf } from '../support.ts';
import { withTrainers } from '../trainers.ts';
import { openStorage, remove, startTrainer } from './support.ts';

// Whole runs with trainers that really train, on this machine's processor.

/** Python takes its time on a machine that does other things too. */
const patienceMs = 600_000;

withTrainers('trainers', () => {
  const taskQueue = unique('trainers');
  let storage: string;
  let at: Pipeline;
  let platform: TrainingPlatform;
  let trainer: ServerProcess;

  beforeAll(async () => {
    storage = await openStorage();
    const training = { method: 'full', learningRate: 3e-3, batchSize: 8, maxTokens: 96 };
    const mine = { platform: 'huggingface', storage, taskQueue, training, heartbeatSeconds: 10 };
    const keeping = { ...mine, training: { ...training, checkpoints: 8, keepCheckpoints: 8 } };
    const adapters = { ...mine, training: { ...training, method: 'lora' } };
    at = await pipeline({}, { connections: { mine, keeping, adapters } });
    platform = createPlatforms(at.settings.connections, at.settings).get('mine');
    trainer = await startTrainer(storage, taskQueue);
  });
  afterAll(async () => {
    await trainer.kill();
    await at.close();
    await remove(storage);
  });

  const start = async (changes: Partial<RunConfigInput>): Promise<RunHandle> => {
    // A model that knows nothing would go on to the end of its context.
    const evaluation = { maxOutputTokens: 8 };
    const config = at.config({ connection: 'mine', model: 'tiny', evaluation, ...changes });
    return await at.client.start(config, { name: unique('trained') });
  };
  const reaches = async (run: RunHandle, so: (now: RunProgress) => boolean) =>
    await until(async () => await run.progress(), so, patienceMs);
  const step = ({ live }: RunProgress) => live?.metrics?.step ?? 0;

  test('a trainer that is killed or told to end is followed by another; both models are served, asked and put down', async () => {
    const run = await start({ hyperparameters: { epochs: 30 } });
    await reaches(run, (now) => step(now) > 20);
    await trainer.kill();
    trainer = await startTrainer(storage, taskQueue);
    await reaches(run, (now) => step(now) > 80);
    // With all the time that it takes: a step, a checkpoint, and Python's own end.
    process.kill(trainer.pid, 'SIGTERM');
    await trainer.ended;
    trainer = await startTrainer(storage, taskQueue);
    await reaches(run, ({ stage }) => stage === 'evaluate');
    await trainer.kill();
    trainer = await startTrainer(storage, taskQueue);
    const { model, comparison, cost } = await run.result();
    expect(model).toMatch(/^tiny:tunewright-[0-9a-f-]{36}-1$/);
    expect(comparison.base.score.value).toBe(0);
    expect(comparison.tuned.score.value).toBeGreaterThan(0.9);
    expect(comparison.tuned.errors).toBe(0);
    expect(cost).toMatchObject({ trainingUsd: 0 });
    const { jobs, models, files } = await platform.listHoldings(runKeyPrefix);
    expect(jobs).toMatchObject([{ state: 'succeeded', model, runName: run.name, trainedTokens: expect.any(Number) }]);
    expect([...models]).toEqual([model]);
    expect(files).toHaveLength(2);
    const job = jobs[0]?.id ?? '';
    const told = (await platform.newEvents(job, undefined)).map(({ message }) => message).reverse();
    expect(told[0]).toBe('A host has taken up the job.');
    const handedOver = [
      'A host has taken up the job: attempt 2.',
      'The host ends; another one goes on from the last checkpoint.',
      'A host has taken up the job: attempt 3.',
    ];
    expect(told.filter((message) => handedOver.includes(message))).toEqual(handedOver);
    expect(told.at(-1)).toBe('The model is saved.');
    const curve = await platform.trainingCurve(job);
    expect(curve.at(-1)?.trainLoss).toBeLessThan((curve[0]?.trainLoss ?? 0) / 3);
    expect(await platform.deployments?.find(runKeyPrefix)).toEqual([]);

    // It is trained on by pairs that prefer the other intent; what so small a model then writes is a matter of luck.
    await writeFile(join(at.folder, 'pairs.jsonl'), contraryPairs());
    const on = await start({ model, method: 'dpo', data: { train: 'pairs.jsonl' }, hyperparameters: { epochs: 8 } });
    const contrary = await on.result();
    expect(contrary.comparison.base).toMatchObject({ model, errors: 0 });
    expect(contrary.comparison.base.score.value).toBeLessThan(0.1);
    const preferred = await platform.trainingCurve(contrary.job.id);
    expect(preferred[0]?.trainLoss).toBeCloseTo(Math.LN2, 1);
    expect(preferred.at(-1)?.trainLoss).toBeLessThan(Math.LN2 * 0.8);
    const { trainAccuracy } = preferred.findLast((at) => at.trainAccuracy !== undefined) ?? {};
    expect(trainAccuracy).toBeGreaterThan(0.7);

    await platform.deleteModel(model);
    expect(existsSync(join(storage, 'jobs', job, 'model'))).toBe(false);
  });

  test('where training has overfitted its checkpoints are served too, and asked', async () => {
    // What is held out for validation has answers of which less is thought the more is learned.
    const others = smallDataSet().replace(/"content":"(billing|shipping)"\}\]/g, '"content":"refund"}]');
    await writeFile(join(at.folder, 'others.jsonl'), others);
    const run = await start({
      connection: 'keeping',
      data: { train: 'data.jsonl', validation: 'others.jsonl' },
      hyperparameters: { epochs: 12 },
      evaluation: { maxOutputTokens: 8, maxExamples: 4 },
    });
    const { job, report } = await run.result();
    const { checkpoint } = JSON.parse(await folderStore(at.settings.artifacts).readText(report));
    const [last, ...earlier] = checkpoint.candidates as { model: string; step: number; score: number }[];
    expect(last).toMatchObject({ model: job.model, score: expect.any(Number) });
    expect(earlier.length).toBeGreaterThan(0);
    for (const { model, step, score } of earlier) {
      expect(model).toBe(`${job.model}:${step}`);
      expect(score).toEqual(expect.any(Number));
    }
    expect(await platform.deployments?.find(runKeyPrefix)).toEqual([]);
  });

  test('by reinforcement a model answers, is rewarded, and is evaluated like any other', async () => {
    const intents = ['billing', 'shipping'];
    const questions = Array.from({ length: 64 }, (_, i) =>
      JSON.stringify({ messages: [{ role: 'user', content: `question ${i}` }], intent: intents[i % 2] }),
    );
    await writeFile(join(at.folder, 'questions.jsonl'), questions.join('\n'));
    const reference = '{{item.intent}}';
    const run = await start({
      method: 'reinforcement',
      data: { train: 'questions.jsonl' },
      hyperparameters: { epochs: 1, computeMultiplier: 0.25 },
      // So that one that knows nothing yet has something to learn from.
      reward: { type: 'text_similarity', evaluation_metric: 'fuzzy_match', reference },
      evaluation: { maxOutputTokens: 8, grader: { type: 'string_check', operation: 'eq', reference } },
    });
    const { job, comparison } = await run.result();
    expect(comparison.base).toMatchObject({ errors: 0 });
    expect(comparison.tuned).toMatchObject({ errors: 0 });
    const curve = await platform.trainingCurve(job.id);
    expect(curve.length).toBeGreaterThan(4);
    for (const { trainReward } of curve) expect(trainReward).toBeGreaterThan(0);
    expect(curve.at(-1)?.validReward).toBeGreaterThan(0);
    expect(curve.every(({ trainLoss }) => trainLoss === undefined)).toBe(true);
    const { data } = await run.progress();
    // Two answers to each question, of up to 8 tokens.
    expect(job.trainedTokens).toBeGreaterThan(2 * (data?.train.examples ?? 0));
  });

  test('a checkpoint of LoRA is merged by the host that serves it', async () => {
    const run = await start({
      connection: 'adapters',
      hyperparameters: { epochs: 1 },
      evaluation: { maxOutputTokens: 1, maxExamples: 2 },
    });
    const { job } = await run.result();
    const adapters = createPlatforms(at.settings.connections, at.settings).get('adapters');
    const [{ model, step } = { model: '', step: 0 }] = await adapters.listCheckpoints(job.id);
    expect(model).toBe(`${job.model}:${step}`);
    const deployments = adapters.deployments as NonNullable<TrainingPlatform['deployments']>;
    const name = `${runKeyPrefix}${crypto.randomUUID()}-1-checkpoint`;
    await deployments.create({ name, model });
    await until(
      async () => await deployments.state(name),
      (state) => state === 'ready',
      patienceMs,
    );
    const messages = [{ role: 'user', content: 'where is my parcel' }];
    expect(await adapters.chat({ model: name, messages, maxOutputTokens: 4, seed: 1 })).toMatchObject({
      outputTokens: expect.any(Number),
    });
    const merged = await readdir(join(storage, 'jobs', job.id, 'merged', `checkpoint-${step}`));
    expect(merged).toContain('model.safetensors');
    await deployments.remove(name);
    await until(
      async () => await deployments.state(name),
      (state) => state === 'gone',
    );
  });

  test('a cancelled training saves a checkpoint and ends; its files are removed', async () => {
    const run = await start({ hyperparameters: { epochs: 50 } });
    await reaches(run, (now) => step(now) > 5);
    await run.cancel('No longer wanted.');
    await reaches(run, ({ status }) => status === 'cancelled');
    const { job } = await run.progress();
    const id = job?.id ?? '';
    expect((await platform.getJob(id)).state).toBe('cancelled');
    // It was waited for until the host had said so.
    expect((await platform.newEvents(id, undefined))[0]?.message).toBe('Cancelled; a checkpoint is kept.');
    expect(await readdir(join(storage, 'jobs', id))).not.toContain('model');
    expect(await platform.findFiles(id)).toEqual([]);
  });

  test('a question that the server cannot answer is refused, and the next one is answered', async () => {
    const deployments = platform.deployments as NonNullable<TrainingPlatform['deployments']>;
    const model = `${runKeyPrefix}${crypto.randomUUID()}-1-base`;
    await deployments.create({ name: model, model: 'tiny' });
    await until(
      async () => await deployments.state(model),
      (state) => state === 'ready',
      patienceMs,
    );
    const ask = async (content: string) =>
      await platform.chat({ model, messages: [{ role: 'user', content }], maxOutputTokens: 4, seed: 1 });
    // Longer than the model has places for.
    expect(await failureOf(ask('where is my parcel '.repeat(100)))).toMatchObject({ code: 'refused', retry: 'never' });
    expect(await ask('where is my parcel')).toMatchObject({ outputTokens: 4 });
    await deployments.remove(model);
    await until(
      async () => await deployments.state(model),
      (state) => state === 'gone',
    );
  });

  test('what the trainer refuses is told, and not tried again', async () => {
    const run = await start({ model: 'nobody/has-this' });
    const failed = await reaches(run, ({ status }) => status === 'failed');
    expect(failed.reason).toMatchObject({ code: 'job_failed', message: expect.stringContaining('nobody/has-this') });
  });
});
