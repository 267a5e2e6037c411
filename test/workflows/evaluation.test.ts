import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { connect } from '../../src/client/connect.ts';
import type { RunHandle } from '../../src/client.ts';
import type { ModelEvaluation } from '../../src/contract/evaluation.ts';
import type { RunProgress } from '../../src/contract/run.ts';
import { holding } from '../support/holding.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, until } from '../support/watching.ts';

const holds = holding();
let at: Pipeline;
let temporal: Client;
beforeAll(async () => {
  at = await pipeline({}, {}, (usual) => usual, [holds.around]);
  temporal = await connect(at.settings.temporal);
});
afterEach(() => holds.releaseAll());
afterAll(async () => {
  await temporal.connection.close();
  await at.close();
});

/** A run whose evaluation has begun and is held still, and that evaluation. */
async function evaluating(name: string) {
  holds.hold(name, 'evaluateModel');
  // Nobody else's answers are to spare it what it asks.
  const run = await at.client.start(at.config({ evaluation: { reuseAnswers: false } }), { name });
  while (!holds.isHeld(name)) await setTimeout(50);
  return { run, evaluation: await evaluationOf(run) };
}

async function evaluationOf(run: RunHandle) {
  const { raw } = await temporal.workflow.getHandle(run.name).describe();
  const [child] = raw.pendingChildren ?? [];
  expect(child?.workflowTypeName).toBe('evaluateModels');
  return temporal.workflow.getHandle(child?.workflowId ?? '');
}

const prices = { input: 0.8, output: 3.2 };
const usdOf = ({ inputTokens, outputTokens }: ModelEvaluation) =>
  (inputTokens * prices.input + outputTokens * prices.output) / 1e6;
const parked = ({ question }: RunProgress) => question?.code === 'evaluation_incomplete';

test('an evaluation is a workflow of its own: its run shows how many have answered, and lists show the run alone', async () => {
  at.simulator.set({ latencyMs: 1_000 });
  const run = await at.client.start(at.config({ evaluation: { reuseAnswers: false, concurrency: 1 } }), {
    name: 'watched',
  });
  // Of base and tuned model, of which one may begin before the other.
  await until(run, 'evaluate', ({ live }) => live?.unit === 'examples' && live.total === 26);
  at.simulator.set({ latencyMs: 0 });
  const evaluation = await evaluationOf(run);
  expect(evaluation.workflowId).toMatch(/^watched\/evaluation-/);
  const listed: string[] = [];
  for await (const { name } of at.client.list()) listed.push(name);
  expect(listed).not.toContain(evaluation.workflowId);
  await run.result();
  expect((await evaluation.describe()).status.name).toBe('COMPLETED');
});

test('a run that is cancelled cancels its evaluation and waits for it', async () => {
  const { run, evaluation } = await evaluating('cancelled');
  await run.cancel('not today');
  holds.releaseAll();
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled' });
  expect((await evaluation.describe()).status.name).toBe('CANCELLED');
});

test.each(['cancel', 'terminate'] as const)(
  'after a %s of the evaluation by itself the run asks a person, and evaluates again when told to',
  async (end) => {
    const { run, evaluation } = await evaluating(`ended-by-${end}`);
    await evaluation[end]();
    holds.releaseAll();
    await until(run, 'evaluate', parked);
    await run.decide('again');
    const { comparison } = await run.result();
    expect(comparison.tuned.score.value).toBeGreaterThan(comparison.base.score.value);
    expect(at.simulator.ledger().totals.jobs).toBeGreaterThan(0);
  },
);

test('an evaluation that is reset goes on for the run that has begun it', async () => {
  const { run, evaluation } = await evaluating('reset');
  const { runId } = await evaluation.describe();
  await temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: evaluation.workflowId, runId },
    reason: 'begin anew',
    workflowTaskFinishEventId: 4 as never,
    requestId: 'reset',
  });
  holds.releaseAll();
  expect((await run.result()).comparison.tuned.errors).toBe(0);
});

test('of two tries each has an evaluation; both ended by themselves they ask one after the other, and both are counted', async () => {
  holds.hold('two-tries', 'evaluateModel');
  const run = await at.client.start(
    at.config({
      tries: [{ seed: 1 }, { seed: 2 }],
      split: { validation: 0.25, test: 0.25 },
      evaluation: { reuseAnswers: false },
    }),
    { name: 'two-tries' },
  );
  const evaluations = await evaluationsOf(run, 2);
  await Promise.all(evaluations.map(async (id) => await temporal.workflow.getHandle(id).terminate()));
  holds.releaseAll();
  for (const _ of evaluations) {
    await until(run, 'evaluate', parked);
    await run.decide('again');
  }
  const { comparison, cost, tries = [] } = await run.result();
  expect(tries.map(({ asked }) => asked)).toEqual([16, 16]);
  const ofTries = tries.reduce((sum, one) => sum + (one.cost.evaluationUsd ?? 0), 0);
  expect(cost.evaluationUsd).toBeCloseTo(ofTries + usdOf(comparison.base) + usdOf(comparison.tuned), 12);
});

async function evaluationsOf({ name }: RunHandle, count: number): Promise<string[]> {
  for (;;) {
    const { raw } = await temporal.workflow.getHandle(name).describe();
    // One that is asked for and not there yet has no execution.
    const begun = (raw.pendingChildren ?? []).filter(
      ({ workflowTypeName: type, runId }) => type === 'evaluateModels' && runId,
    );
    if (begun.length === count) return begun.map(({ workflowId }) => workflowId ?? '');
    await setTimeout(50);
  }
}

test('what fails an evaluation fails its run by its own name', async () => {
  at.simulator.faults.add({
    kind: 'status',
    path: '/v1/chat/completions',
    model: 'stand-in-mini',
    status: 400,
    body: { error: { message: 'Not today.', type: 'invalid_request_error' } },
    times: -1,
  });
  const run = await at.client.start(at.config({ evaluation: { reuseAnswers: false } }), { name: 'failing' });
  expect(await failureOf(run)).toMatchObject({
    code: 'evaluation_incomplete',
    message: expect.stringContaining('answered none of the 13 held-out examples'),
  });
});
