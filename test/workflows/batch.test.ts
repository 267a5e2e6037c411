import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/client/connect.ts';
import type { RunHandle } from '../../src/client.ts';
import type { ModelEvaluation } from '../../src/contract/evaluation.ts';
import type { RunProgress } from '../../src/contract/run.ts';
import { type Connections, standInKeyEnv } from '../../src/platforms/registry.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { failureOf, filesLeft, until } from '../support/watching.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline({}, {}, (usual) => usual, [], { unbatched: lacking() });
});
afterEach(async () => await at.close());

const prices = { input: 0.8, output: 3.2 };
const dayMs = 86_400_000;

/** The same platform, of which nothing is known to be asked by batch. */
function lacking(): Connections[string] {
  return { platform: 'openai', baseURL: 'http://127.0.0.1:1/v1', apiKeyEnv: standInKeyEnv, lacks: ['batches'] };
}

const start = async (evaluation: object = {}) =>
  await at.client.start(at.config({ evaluation: { batch: true, ...evaluation } }));

interface Batch {
  id: string;
  status: string;
  metadata: Record<string, string>;
  request_counts: { total: number; completed: number };
}

async function get<T>(path: string): Promise<T[]> {
  const answer = await fetch(`${at.simulator.url}${path}`, { headers: { authorization: 'Bearer any' } });
  return ((await answer.json()) as { data: T[] }).data;
}
const batchesLeft = async () => await get<Batch>('/batches?limit=100');
/** Of batches, whoever has made them. */
async function batchFilesLeft(): Promise<number> {
  const files = await Promise.all(
    ['batch', 'batch_output'].map(async (purpose) => await get(`/files?purpose=${purpose}`)),
  );
  return files.flat().length;
}
const listPrice = ({ inputTokens, outputTokens }: Pick<ModelEvaluation, 'inputTokens' | 'outputTokens'>) =>
  (inputTokens * prices.input + outputTokens * prices.output) / 1e6;
const chatUsd = () => Object.values(at.simulator.ledger().chat).reduce((sum, { dollars }) => sum + dollars, 0);
/** Until the batches of both models are being answered. */
const answering = ({ live }: RunProgress): boolean => live?.platformStatus === 'in_progress';

/** Until both batches have answered half of what they were asked. */
async function halfAnswered(run: RunHandle): Promise<void> {
  await until(run, 'evaluate', answering);
  at.simulator.advanceClock(1_800_000);
  await until(run, 'evaluate', ({ live }) => (live?.done ?? 0) >= 2);
}

/** The scores of the same run without batches. */
async function asUsual(): Promise<number[]> {
  return scoresOf(await at.client.start(at.config({ name: 'usual', evaluation: { reuseAnswers: false } })));
}
async function scoresOf(run: RunHandle): Promise<number[]> {
  const { comparison } = await run.result();
  return [comparison.base.score.value, comparison.tuned.score.value];
}

test('held-out questions asked by batch are answered as one by one, for half the price', async () => {
  const run = await start();
  const { comparison, cost } = await run.result();
  const { base, tuned } = comparison;
  for (const { batched, cached, errors, examples, inputTokens, outputTokens } of [base, tuned]) {
    expect(batched).toEqual({ examples, inputTokens, outputTokens });
    expect({ cached, errors }).toEqual({ errors: 0 });
  }
  expect(cost.evaluationUsd).toBeCloseTo((listPrice(base) + listPrice(tuned)) / 2, 12);
  // The warm-up asks one by one.
  expect(chatUsd()).toBeLessThan((cost.evaluationUsd ?? 0) + listPrice({ inputTokens: 100, outputTokens: 100 }));

  const batches = await batchesLeft();
  expect(batches.map(({ status, request_counts }) => [status, request_counts.completed])).toEqual([
    ['completed', base.examples],
    ['completed', base.examples],
  ]);
  expect(new Set(batches.map(({ metadata }) => metadata.tunewright_key)).size).toBe(2);
  expect(await batchFilesLeft()).toBe(0);
  expect(await filesLeft(at)).toBe(2);

  const [line] = (await readFile(fileURLToPath(base.predictions.uri), 'utf8')).split('\n');
  expect(JSON.parse(line ?? '')).toMatchObject({ batched: true });
  expect(await asUsual()).toEqual([base.score.value, tuned.score.value]);
});

test('the estimate counts half for what is asked by batch', async () => {
  const usd = async (batch: boolean) => (await (await start({ batch })).result()).cost;
  const [half, whole] = [await usd(true), await usd(false)];
  const evaluated = (whole.estimatedUsd ?? 0) - (half.estimatedUsd ?? 0);
  // An answer is estimated at its reference, of which both have the length.
  expect(evaluated).toBeGreaterThan(0.9 * (half.evaluationUsd ?? 0));
  expect(evaluated).toBeLessThan(1.2 * (half.evaluationUsd ?? 0));
});

test('more questions than one batch takes go into several', async () => {
  await at.close();
  at = await pipeline({}, {}, (usual) => {
    const batches = { priceShare: 0.5, mostRequests: 5, mostBytes: 1_000_000, checked: '2026-11-28', source: 'a test' };
    return { ...usual, catalogue: { ...usual.catalogue, batches } };
  });
  const { comparison } = await (await start()).result();
  const { examples, batched } = comparison.tuned;
  expect(batched?.examples).toBe(examples);
  expect(at.simulator.ledger().totals.batches).toBe(2 * Math.ceil(examples / 5));
});

describe('one batch a model is created and paid', () => {
  test.each([
    ['the answer of its creation is lost', '/v1/batches'],
    ['the answer of the upload of its file is lost', '/v1/files'],
  ])('though %s', async (_, path) => {
    const run = await start({ checkpoint: 'last' });
    const upload = { skip: path === '/v1/files' ? 2 : 0 };
    at.simulator.faults.add({ kind: 'drop-after', method: 'POST', path, ...upload });
    const { comparison } = await run.result();
    expect(at.simulator.faults.list()).toMatchObject([{ struck: 1 }]);
    expect(at.simulator.ledger().totals).toMatchObject({ batches: 2, files: 4 });
    expect(comparison.base.batched?.examples).toBe(comparison.base.examples);
  });

  test('though its creation is lost while listings lag', async () => {
    await at.close();
    at = await pipeline({ listLagMs: 2_500 }, {}, (usual) => ({ ...usual, listLagSeconds: 4 }));
    const run = await start({ checkpoint: 'last' });
    at.simulator.faults.add({ kind: 'drop-after', method: 'POST', path: '/v1/batches' });
    await run.result();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, batches: 2 });
  });

  test('though no worker is up for a while', async () => {
    at.simulator.set({ batchSeconds: 3_600 });
    const run = await start();
    await until(run, 'evaluate', answering);
    await at.stopWorkers();
    at.simulator.advanceClock(3_600_000);
    await at.startWorker();
    const { comparison, cost } = await run.result();
    expect(at.simulator.ledger().totals.batches).toBe(2);
    expect(cost.evaluationUsd).toBeCloseTo((listPrice(comparison.base) + listPrice(comparison.tuned)) / 2, 12);
  });

  test('and one that a repeated request has made beside it is stopped', async () => {
    at.simulator.set({ batchSeconds: 3_600 });
    at.simulator.faults.add({ kind: 'duplicate', method: 'POST', path: '/v1/batches' });
    const run = await start();
    for await (const _ of run.watch({ intervalMs: 50 })) {
      if ((await batchesLeft()).some(({ status }) => status === 'cancelled')) break;
    }
    at.simulator.advanceClock(3_600_000);
    const { comparison } = await run.result();
    expect(comparison.tuned.batched?.examples).toBe(comparison.tuned.examples);
    const statuses = (await batchesLeft()).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['cancelled', 'completed', 'completed']);
    expect(await batchFilesLeft()).toBe(0);
  });
});

describe('what a batch has not answered is asked one by one', () => {
  async function withScores(run: RunHandle) {
    const { comparison } = await run.result();
    const { base, tuned } = comparison;
    expect({ base: base.errors, tuned: tuned.errors }).toEqual({ base: 0, tuned: 0 });
    expect([base.score.value, tuned.score.value]).toEqual(await asUsual());
    expect(await batchFilesLeft()).toBe(0);
    return { base, tuned };
  }

  test('where some of its lines are errors', async () => {
    at.simulator.faults.add({ preset: 'batch_errors', times: 2 });
    const run = await start();
    const { base } = await withScores(run);
    expect(base.batched?.examples).toBe(base.examples - Math.floor(base.examples / 3));
    const { cost, comparison } = await run.result();
    const paid = [comparison.base, comparison.tuned].reduce(
      (sum, each) => sum + listPrice(each) - listPrice(each.batched ?? each) / 2,
      0,
    );
    expect(cost.evaluationUsd).toBeCloseTo(paid, 12);
  });

  test('where the platform takes none for now', async () => {
    at.simulator.faults.add({ preset: 'batch_token_limit', times: 2 });
    const { base, tuned } = await withScores(await start());
    expect([base.batched, tuned.batched]).toEqual([undefined, undefined]);
  });

  test('where it refuses to create one', async () => {
    const body = { error: { message: 'not for you', code: 'unsupported' } };
    at.simulator.faults.add({ kind: 'status', status: 400, body, method: 'POST', path: '/v1/batches', times: -1 });
    const { base, tuned } = await withScores(await start());
    expect([base.batched, tuned.batched]).toEqual([undefined, undefined]);
    expect(at.simulator.ledger().totals.batches).toBe(0);
  });

  test('where it has expired', async () => {
    at.simulator.set({ batchSeconds: 10 * (dayMs / 1000) });
    const run = await start();
    await until(run, 'evaluate', answering);
    at.simulator.advanceClock(dayMs);
    const { base } = await withScores(run);
    const [one] = await batchesLeft();
    expect(one?.status).toBe('expired');
    expect(base.batched?.examples).toBe(one?.request_counts.completed);
    expect(one?.request_counts.completed).toBeGreaterThan(0);
  });

  test('where somebody has cancelled it at the platform', async () => {
    at.simulator.set({ batchSeconds: 3_600 });
    const run = await start();
    await until(run, 'evaluate', answering);
    for (const { id } of await batchesLeft()) {
      await fetch(`${at.simulator.url}/batches/${id}/cancel`, {
        method: 'POST',
        headers: { authorization: 'Bearer any' },
      });
    }
    await withScores(run);
  });
});

test('a cancelled run stops its batches and sees them stopped; what they have answered the next one does not ask', async () => {
  at.simulator.set({ batchSeconds: 3_600, batchCancelMs: 1_500 });
  const run = await start();
  await halfAnswered(run);
  await run.cancel('the labels are wrong');
  expect(await failureOf(run)).toMatchObject({ code: 'run_cancelled', message: 'the labels are wrong' });
  const { evaluationUsd = 0 } = (await run.progress()).cost;
  expect(evaluationUsd).toBeGreaterThan(0);
  expect(evaluationUsd).toBeLessThanOrEqual(chatUsd());
  expect(evaluationUsd).toBeGreaterThanOrEqual(at.simulator.ledger().chat['stand-in-mini']?.dollars ?? 0);
  const stopped = await batchesLeft();
  expect(stopped.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect(await batchFilesLeft()).toBe(0);
  expect(await filesLeft(at)).toBe(0);

  at.simulator.set({ batchSeconds: 0 });
  const { base } = (await (await start()).result()).comparison;
  const answered = stopped.map(({ request_counts }) => request_counts.completed);
  expect(answered).toContain(base.cached?.examples);
  expect((base.cached?.examples ?? 0) + (base.batched?.examples ?? 0)).toBe(base.examples);
});

test.each(['cancel', 'terminate'] as const)(
  'after a %s of the evaluation by itself its batches are stopped, and only what they have not answered is asked again',
  async (end) => {
    at.simulator.set({ batchSeconds: 3_600, batchCancelMs: 200 });
    const run = await start();
    await halfAnswered(run);
    await endEvaluation(run, end);
    await until(run, 'evaluate', ({ question }) => question?.code === 'evaluation_incomplete');
    expect((await batchesLeft()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(await batchFilesLeft()).toBe(0);

    at.simulator.set({ batchSeconds: 0 });
    await run.decide('again');
    const { base, tuned } = (await run.result()).comparison;
    for (const { batched, cached, examples } of [base, tuned]) {
      expect((batched?.examples ?? 0) + (cached?.examples ?? 0)).toBe(examples);
    }
    // Each answer is paid once, and none at full price.
    const { evaluationUsd } = (await run.progress()).cost;
    expect(evaluationUsd).toBeCloseTo((listPrice(base) + listPrice(tuned)) / 2, 12);
    expect(await batchFilesLeft()).toBe(0);
  },
);

async function endEvaluation({ name }: RunHandle, end: 'cancel' | 'terminate'): Promise<void> {
  const { workflow, connection } = await connect(at.settings.temporal);
  const { raw } = await workflow.getHandle(name).describe();
  await workflow.getHandle(raw.pendingChildren?.[0]?.workflowId ?? '')[end]();
  await connection.close();
}

test('a connection that has no batches is refused before anything is sent', async () => {
  const run = await at.client.start(at.config({ connection: 'unbatched', evaluation: { batch: true } }));
  expect(await failureOf(run)).toMatchObject({
    code: 'invalid_config',
    message: 'The connection "unbatched" cannot be asked by batch.',
    advice: 'Leave evaluation.batch out: questions are then asked one by one.',
  });
});

test.each([
  ['gate.maximumMedianMs', { gate: { maximumMedianMs: 500 }, evaluation: { batch: true } }],
  ['evaluation.grader', { evaluation: { batch: true, grader: { type: 'latency' as const, max_ms: 500 } } }],
])('how long an answer takes is not to be asked of a batch: %s', async (field, changes) => {
  const config = at.config(changes);
  await expect(at.client.start(config)).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`${field}: how long an answer takes is not seen by batch`),
  });
});
