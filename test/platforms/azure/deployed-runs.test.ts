import type { RunHandle } from '../../../src/client.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import type { RunProgress } from '../../../src/contract/run.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import type { Deployments } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { until } from '../../faults/support/outcome.ts';
import { holding } from '../../support/holding.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { unique } from '../../support/temporal.ts';
import { azureStandIn } from './support.ts';

// Whole runs on a platform that answers under deployments alone; each has a simulator of its own.

const holds = holding();
let at: Pipeline;
let deployments: Deployments;
beforeEach(async () => {
  const connection = ({ baseURL: url }: { baseURL: string }) =>
    azureStandIn(url, { timeoutSeconds: 5, deployment: { hourlyUsd: 3_600 } });
  at = await pipeline({}, {}, connection, [holds.around]);
  const { connections, env } = at.settings;
  deployments = createPlatforms(connections, { env }).get('simulator').deployments as Deployments;
});
afterEach(async () => {
  holds.releaseAll();
  await at.close();
});

const start = async (): Promise<RunHandle> => await at.client.start(at.config(), { name: unique('azure') });
/** A run whose models are deployed and about to be asked. */
async function evaluating(changes: Partial<RunConfigInput> = {}): Promise<RunHandle> {
  const name = unique('azure');
  holds.hold(name, 'evaluateModel');
  const run = await at.client.start(at.config(changes), { name });
  await until(
    () => holds.isHeld(name),
    (held) => held,
  );
  return run;
}
const standing = async () => await deployments.find(runKeyPrefix);
async function reaches(run: RunHandle, so: (now: RunProgress) => boolean): Promise<RunProgress> {
  return await until(async () => await run.progress(), so);
}

/** A run that gets no answer to its questions, whose deployments may stand for seconds. */
async function unanswered(): Promise<RunHandle> {
  const run = await evaluating({ evaluation: { deploymentHours: 20 / 3600 } });
  at.simulator.faults.add({ kind: 'delay', ms: 3_600_000, times: -1, path: '/v1/chat/completions' });
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
  const run = await evaluating();
  const { deployments } = await run.progress();
  // In the order in which they came up.
  expect(deployments?.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: expect.stringMatching(/-base$/), model: 'stand-in-mini' },
    { name: expect.stringMatching(/-tuned$/), model: expect.stringContaining('.ft-'), hourlyUsd: 3_600 },
  ]);
  await run.cancel('No longer wanted.');
  holds.releaseAll();
  expect((await reaches(run, ({ status }) => status === 'cancelled')).cost.hostingUsd).toBeGreaterThan(0);
  expect(await standing()).toEqual([]);
});

test('an answer that is lost and deployments that are taken away change nothing of the end', async () => {
  at.simulator.faults.add({ kind: 'drop-after', method: 'PUT', path: '/subscriptions/**' });
  const run = await evaluating();
  for (const { name } of await standing()) await deployments.remove(name);
  holds.releaseAll();
  const { comparison } = await run.result();
  expect(comparison.tuned).toMatchObject({ errors: 0, score: { value: 1 } });
  expect(await standing()).toEqual([]);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, deployments: 4 });
});

test('deployments that stand for too long are removed, and asked under again when a person says so', async () => {
  const run = await unanswered();
  holds.releaseAll();
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
  const run = await unanswered();
  await run.pause();
  holds.releaseAll();
  await reaches(run, ({ status }) => status === 'parked');

  at.simulator.faults.clear();
  await run.decide('again');
  expect(await run.progress()).toMatchObject({ status: 'paused', stage: 'evaluate' });
  expect(at.simulator.ledger().totals).toMatchObject({ deployments: 2 });
  await run.resume();
  expect((await run.result()).comparison.tuned).toMatchObject({ errors: 0 });
  expect(await standing()).toEqual([]);
});
