import type { RunHandle } from '../../../src/client.ts';
import type { RunProgress } from '../../../src/contract/run.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import type { Deployments } from '../../../src/platforms/platform.ts';
import { createPlatforms, standInKeyEnv } from '../../../src/platforms/registry.ts';
import { until } from '../../faults/support/outcome.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { unique } from '../../support/temporal.ts';
import { azureConnection } from './support.ts';

// Whole runs on a platform that answers under deployments alone; each has a simulator of its own.

const keys = { apiKeyEnv: standInKeyEnv, timeoutSeconds: 5 };
const management = { subscription: 's', resourceGroup: 'g', account: 'a', tokenEnv: standInKeyEnv };

let at: Pipeline;
let deployments: Deployments;
beforeEach(async () => {
  at = await pipeline({}, {}, (usual) => {
    const url = usual.baseURL;
    return azureConnection(url, {
      ...keys,
      management: { ...management, url: new URL(url).origin },
      deployment: { hourlyUsd: 3_600 },
    });
  });
  const { connections, env } = at.settings;
  deployments = createPlatforms(connections, { env }).get('simulator').deployments as Deployments;
});
afterEach(async () => await at.close());

const start = async (): Promise<RunHandle> => await at.client.start(at.config(), { name: unique('azure') });
const standing = async () => await deployments.find(runKeyPrefix);
async function reaches(run: RunHandle, so: (now: RunProgress) => boolean): Promise<RunProgress> {
  return await until(async () => await run.progress(), so);
}

function slowAnswers(ms: number): void {
  at.simulator.faults.add({ kind: 'delay', ms, times: -1, path: '/v1/chat/completions' });
}

/** A run under way with its questions, whose deployments may stand for seconds. */
async function startShortLived(): Promise<RunHandle> {
  slowAnswers(2_000);
  const evaluation = { deploymentHours: 20 / 3600 };
  const run = await at.client.start(at.config({ evaluation }), { name: unique('azure') });
  await reaches(run, ({ stage }) => stage === 'evaluate');
  return run;
}

test('both models are deployed, asked and removed; what stood is paid by the hour', async () => {
  const run = await start();
  const { model, comparison, cost } = await run.result();
  expect(model).toMatch(/^stand-in-mini\.ft-[0-9a-f]{32}$/);
  expect(comparison).toMatchObject({ base: { model: 'stand-in-mini', errors: 0 }, tuned: { model, errors: 0 } });
  expect(comparison.tuned.score.value).toBe(1);
  expect(await standing()).toEqual([]);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, deployments: 2 });
  expect(cost.hostingUsd).toBeGreaterThan(0);
  expect(await run.progress()).not.toHaveProperty('deployments');
});

test('a cancellation while it deploys leaves no deployment', async () => {
  at.simulator.set({ deployMs: 3_600_000 });
  const run = await start();
  await until(standing, (found) => found.length === 2);
  await run.cancel('No longer wanted.');
  at.simulator.set({ deployMs: 0 });
  await reaches(run, ({ status }) => status === 'cancelled');
  expect(await standing()).toEqual([]);
});

test('a cancellation while it evaluates leaves no deployment, and tells what they have cost', async () => {
  slowAnswers(500);
  const run = await start();
  const { deployments } = await reaches(run, ({ stage }) => stage === 'evaluate');
  // In the order in which they came up.
  expect(deployments?.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: expect.stringMatching(/-base$/), model: 'stand-in-mini' },
    { name: expect.stringMatching(/-tuned$/), model: expect.stringContaining('.ft-'), hourlyUsd: 3_600 },
  ]);
  await run.cancel('No longer wanted.');
  expect((await reaches(run, ({ status }) => status === 'cancelled')).cost.hostingUsd).toBeGreaterThan(0);
  expect(await standing()).toEqual([]);
});

test('an answer that is lost and deployments that are taken away change nothing of the end', async () => {
  at.simulator.faults.add({ kind: 'drop-after', method: 'PUT', path: '/subscriptions/**' });
  slowAnswers(300);
  const run = await start();
  await reaches(run, ({ stage }) => stage === 'evaluate');
  for (const { name } of await standing()) await deployments.remove(name);
  const { comparison } = await run.result();
  expect(comparison.tuned).toMatchObject({ errors: 0, score: { value: 1 } });
  expect(await standing()).toEqual([]);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, deployments: 4 });
});

test('deployments that stand for too long are removed, and asked under again when a person says so', async () => {
  const run = await startShortLived();
  slowAnswers(60_000);
  const { question, cost, deployments: shown } = await reaches(run, ({ status }) => status === 'parked');
  expect(question).toMatchObject({ code: 'evaluation_incomplete', choices: [{ name: 'again' }] });
  expect(await standing()).toEqual([]);
  expect(shown).toBeUndefined();
  expect(cost.hostingUsd).toBeGreaterThan(0);

  at.simulator.faults.clear();
  await run.decide('again');
  const ended = await run.result();
  expect(ended.comparison.tuned).toMatchObject({ errors: 0, score: { value: 1 } });
  expect(ended.cost.hostingUsd).toBeGreaterThan(cost.hostingUsd ?? 0);
  expect(await standing()).toEqual([]);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, deployments: 4 });
});

test('a run that was paused deploys nothing again before it is resumed', async () => {
  const run = await startShortLived();
  await run.pause();
  slowAnswers(60_000);
  await reaches(run, ({ status }) => status === 'parked');

  at.simulator.faults.clear();
  await run.decide('again');
  expect(await run.progress()).toMatchObject({ status: 'paused', stage: 'evaluate' });
  expect(at.simulator.ledger().totals).toMatchObject({ deployments: 2 });
  await run.resume();
  expect((await run.result()).comparison.tuned).toMatchObject({ errors: 0 });
  expect(await standing()).toEqual([]);
});
