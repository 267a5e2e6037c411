import type { RunHandle } from '../../../src/client.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import type { RunProgress } from '../../../src/contract/run.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import { until } from '../../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { unique } from '../../support/temporal.ts';
import { withTrainers } from '../trainers.ts';
import { containers } from './service/containers.ts';
import { openRegion, putTinyModel, type Region, serverless } from './support.ts';

// Whole runs against an imitation of SageMaker whose containers really train and serve, on this machine's processor.

/** Python takes its time on a machine that does other things too. */
const patienceMs = 600_000;

withTrainers('runs on SageMaker', () => {
  let region: Region;
  let at: Pipeline;

  beforeAll(async () => {
    region = await openRegion(containers);
    await putTinyModel(region);
    const mine = region.connection as { platform: string };
    const recipes = { ...mine, ...serverless('none', { learningRate: 3e-3 }) };
    at = await pipeline({}, { connections: { mine, recipes } });
  });
  afterAll(async () => {
    await at.close();
    await region.close();
  });

  const start = async (changes: Partial<RunConfigInput>): Promise<RunHandle> => {
    // A model that knows nothing would go on to the end of its context.
    const evaluation = { maxOutputTokens: 8 };
    const config = at.config({ connection: 'mine', model: 'tiny', evaluation, ...changes });
    return await at.client.start(config, { name: unique('sagemaker') });
  };
  const reaches = async (run: RunHandle, so: (now: RunProgress) => boolean) =>
    await until(
      async () => await run.progress(),
      (now) => so(now) || now.status === 'failed',
      patienceMs,
    );
  const step = ({ live }: RunProgress) => live?.metrics?.step ?? 0;

  test('a run trains, goes on where a spot instance was taken away, is evaluated, and leaves the model alone', async () => {
    const run = await start({ hyperparameters: { epochs: 30 } });
    const { job } = await reaches(run, (now) => step(now) > 30);
    region.sagemaker.training.interrupt(job?.id ?? '');
    const { model, comparison, cost } = await run.result();
    expect(model).toBe(`tiny:${job?.id}`);
    expect(comparison.base.score.value).toBe(0);
    expect(comparison.tuned.score.value).toBeGreaterThan(0.9);
    expect(comparison.tuned.errors).toBe(0);
    expect(cost.estimatedUsd).toBe(3.6);
    expect(cost.trainingUsd).toBeGreaterThan(0);
    expect(cost.hostingUsd).toBeGreaterThan(0);
    const told = (await region.platform.newEvents(job?.id ?? '', undefined)).map(({ message }) => message).reverse();
    const begun = told.flatMap((message) => /^Training begins at step (\d+)/.exec(message)?.[1] ?? []).map(Number);
    expect(begun).toEqual([0, expect.any(Number)]);
    expect(begun[1]).toBeGreaterThan(20);
    const { jobs, models } = await region.platform.listHoldings(runKeyPrefix);
    expect(jobs).toMatchObject([{ state: 'succeeded', model, runName: run.name }]);
    expect([...models]).toEqual([model]);
    expect(await region.platform.deployments?.find(runKeyPrefix)).toEqual([]);
    expect(region.sagemaker.calls.filter((call) => call === 'CreateTrainingJob')).toHaveLength(1);
    expect((await region.platform.listCheckpoints(job?.id ?? '')).length).toBeGreaterThan(1);
  });

  test('a cancelled run stops its job, which keeps a checkpoint; its files are removed', async () => {
    const run = await start({ hyperparameters: { epochs: 50 } });
    await reaches(run, (now) => step(now) > 5);
    await run.cancel('No longer wanted.');
    await reaches(run, ({ status }) => status === 'cancelled');
    const id = (await run.progress()).job?.id ?? '';
    expect(await region.platform.getJob(id)).toMatchObject({ state: 'cancelled', platformStatus: 'Stopped' });
    expect(await region.platform.findFiles(id)).toEqual([]);
    expect(await region.keys(`team/checkpoints/${id}/checkpoints/checkpoint-`)).not.toEqual([]);
  });

  test("a run by SageMaker's own recipes, whose part the trainer plays, tells its steps and is evaluated", async () => {
    const run = await start({ connection: 'recipes', hyperparameters: { epochs: 30 } });
    const { job, live } = await reaches(run, (now) => step(now) > 30);
    expect(live?.metrics?.totalSteps).toBeGreaterThan(step({ live } as RunProgress));
    const { model, comparison, cost } = await run.result();
    expect(model).toBe(`tiny:${job?.id}`);
    expect(comparison.base.score.value).toBe(0);
    expect(comparison.tuned.score.value).toBeGreaterThan(0.9);
    // SageMaker does not tell what it bills: what was estimated is all there is.
    expect(cost.trainingUsd).toBeUndefined();
    expect(cost.estimatedUsd).toBeGreaterThan(0);
    const told = (await region.connect(serverless('none')).newEvents(job?.id ?? '', undefined)).reverse();
    expect(told.at(0)?.message).toMatch(/^Starting/);
    expect(told.at(-1)?.message).toMatch(/, epoch 30 of 30$/);
    expect(await region.connect(serverless('none')).deployments?.find(runKeyPrefix)).toEqual([]);
  });
});
