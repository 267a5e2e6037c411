import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { distilActivities } from '../../src/activities/distil/index.ts';
import { folderStore } from '../../src/artifacts/index.ts';
import type { ArtifactRef } from '../../src/contract/artifact.ts';
import { spentUsd } from '../../src/contract/cost.ts';
import type { DistilPlan } from '../../src/contract/distillation.ts';
import type { MigrationRequest } from '../../src/contract/migration.ts';
import type { RunLineage } from '../../src/contract/registry.ts';
import type { TrainingPlatform } from '../../src/platforms/platform.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import type { Records } from '../../src/records/index.ts';
import type { Simulator } from '../../src/simulator/index.ts';
import { type Account, trainingLines, validationLines } from '../adopt/account.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { distilRequest, openCrossing } from './support.ts';

// Models of a platform that closes answer, while they live, what their successors elsewhere learn.

let at: Pipeline;
let elsewhere: Simulator;
let account: Account;
let records: Records;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ at, elsewhere, account, records, close } = await openCrossing(0));
});
afterEach(async () => await close());

function requestFor(changes: Partial<MigrationRequest> = {}): MigrationRequest {
  return { ...distilRequest, ...changes };
}

async function written(name: string, lines: readonly string[]): Promise<string> {
  const path = join(at.folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

async function examplesOf(ref: ArtifactRef): Promise<{ messages: { role: string; content: string }[] }[]> {
  const text = await folderStore(at.settings.artifacts).readText(ref);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ask = (content: string) => JSON.stringify({ messages: [{ role: 'user', content }] });
const said = (line: string): string => JSON.parse(line).messages[1].content;
/** Questions that nobody has answered. */
const questions = Array.from({ length: 20 }, (_, i) =>
  ask(`where is the parcel with my order number ${7000 + i * 37}`),
);
const asked = (model: string): number => at.simulator.ledger().chat[model]?.requests ?? 0;

test('the plan tells what will be asked at what cost, and asks nothing; held-out questions are left out', async () => {
  const held = JSON.parse(validationLines[0] ?? '');
  const nearly = { messages: [held.messages[0], { ...held.messages[1], content: `${held.messages[1].content}!` }] };
  const given = [...questions, questions[0] ?? '', validationLines[1] ?? '', JSON.stringify(nearly)];
  const plan = await at.client.planMigration(requestFor({ distil: { inputs: await written('asked.jsonl', given) } }));
  expect(plan.obstacles).toEqual([]);
  expect(plan.distil).toMatchObject({
    version: 2,
    modelId: account.models.second,
    inputs: { examples: questions.length },
    leftOut: { heldOut: 2, repeated: 1, overBudget: 0 },
    added: { examples: questions.length },
  });
  expect(plan.distil?.expectedUsd).toBeGreaterThan(0);
  expect(plan.distil?.atMostUsd).toBeGreaterThan(plan.distil?.expectedUsd ?? 0);
  expect(plan.notes).toContainEqual(expect.stringMatching(/^2 inputs are not asked/));
  expect(at.simulator.ledger().chat).toEqual({});
});

test('a budget bears some of the questions, or none', async () => {
  const whole = await at.client.planMigration(requestFor());
  const { atMostUsd = 0 } = whole.distil ?? {};
  const some = await at.client.planMigration(requestFor({ distil: { budgetUsd: atMostUsd * 0.8 } }));
  expect(some.distil?.leftOut.overBudget).toBeGreaterThan(0);
  expect(some.distil?.atMostUsd).toBeLessThanOrEqual(atMostUsd * 0.8);
  const none = await at.client.planMigration(requestFor({ distil: { budgetUsd: 0.000001 } }));
  expect(none.obstacles).toMatchObject([{ code: 'distil_budget' }]);
});

test("the old model's answers take the place of the data's own, and the new version tells so", async () => {
  const migration = await at.client.migrate(requestFor());
  const { distilled, run, registered, askedUsd } = await migration.result();
  expect(distilled).toMatchObject({
    version: 2,
    modelId: account.models.second,
    asked: trainingLines.length,
    answers: trainingLines.length,
    unfit: { empty: 0, cutOff: 0, refusal: 0, unanswered: 0 },
    train: { examples: trainingLines.length },
  });
  expect(distilled?.usd).toBeGreaterThan(0);
  expect(askedUsd).toBeGreaterThan(distilled?.usd ?? 0);
  const [first] = await examplesOf(distilled?.train as ArtifactRef);
  expect(first?.messages.at(-1)).toEqual({ role: 'assistant', content: expect.stringMatching(/^(billing|shipping)$/) });
  // Each training question once, each held-out question once.
  expect(asked(account.models.second)).toBe(trainingLines.length + validationLines.length);

  const { lineage } = await records.getVersion('support-desk', registered?.version ?? 0);
  expect((lineage as RunLineage).distilled).toEqual(distilled);
  const { report, cost } = await at.client.get(run).result();
  expect(cost.askedUsd).toBe(askedUsd);
  expect(spentUsd(cost)).toBeCloseTo((cost.trainingUsd ?? 0) + (cost.evaluationUsd ?? 0) + (askedUsd ?? 0), 9);
  expect(JSON.parse(await folderStore(at.settings.artifacts).readText(report)).distilled).toEqual(distilled);
});

test('a model whose data are gone is carried over by its answers to questions that are given', async () => {
  expect((await at.client.planMigration(requestFor({ model: 'orders', distil: {} }))).obstacles).toMatchObject([
    { code: 'distil_inputs' },
    { code: 'data_gone', advice: expect.stringContaining('--distil FILE') },
  ]);
  const distil = {
    inputs: await written(
      'questions.jsonl',
      trainingLines.map((line) => ask(said(line))),
    ),
  };
  const plan = await at.client.planMigration(requestFor({ model: 'orders', distil }));
  expect(plan.obstacles).toEqual([]);
  expect(plan.notes).toContainEqual(expect.stringContaining("the old model's own answers is held out"));
  const { distilled, verdict } = await (
    await at.client.migrate(requestFor({ model: 'orders', distil }), plan)
  ).result();
  expect(distilled?.train.examples).toBe(trainingLines.length);
  expect(verdict.says).not.toBe('');
  // The run tests both models on the share of the answers that it has set aside.
  expect(asked(account.models.dataGone)).toBe(trainingLines.length + Math.round(trainingLines.length * 0.2));
});

test('too few questions are told before they are asked', async () => {
  const distil = { inputs: await written('few.jsonl', questions.slice(0, 3)) };
  const { obstacles } = await at.client.planMigration(requestFor({ model: 'orders', distil }));
  expect(obstacles).toMatchObject([
    { code: 'distil_inputs', message: expect.stringMatching(/there would be 3 training examples/) },
  ]);
});

/** The old model is shut down when it has answered so many questions. */
function diesAfter(model: string, answers: number): void {
  const body = { error: { message: 'It is shut down.', type: 'invalid_request_error', code: 'model_not_found' } };
  const path = '/v1/chat/completions';
  at.simulator.faults.add({ kind: 'status', status: 404, body, path, model, skip: answers, times: -1 });
}

test('when the old model dies in the middle, what it has answered stays and the migration goes on', async () => {
  // Before that it is asked what it is compared by.
  diesAfter(account.models.second, validationLines.length + 20);
  const { distilled, run } = await (await at.client.migrate(requestFor())).result();
  expect(distilled).toMatchObject({
    died: true,
    answers: 20,
    unfit: { unanswered: trainingLines.length - 20 },
    // The others keep the answers that the data have.
    train: { examples: trainingLines.length },
  });
  const { report, rivals } = await at.client.get(run).result();
  expect(JSON.parse(await folderStore(at.settings.artifacts).readText(report)).distilled).toMatchObject({ died: true });
  const champion = rivals.find(({ role }) => role === 'champion');
  expect(champion?.evaluation).toMatchObject({ examples: validationLines.length, errors: 0 });
});

test('where too little is left then, it fails by name before anything is trained', async () => {
  diesAfter(account.models.dataGone, 4);
  const distil = { inputs: await written('questions.jsonl', questions) };
  const migration = await at.client.migrate(requestFor({ model: 'orders', distil }));
  await expect(migration.result()).rejects.toMatchObject({
    code: 'too_few_answers',
    message: expect.stringContaining('was shut down in the middle of it and gave 4 answers to 20 questions'),
  });
  expect(elsewhere.ledger().totals.jobs).toBe(0);
});

test('a worker that dies in the middle has nothing asked again that was kept', async () => {
  const { distil } = await at.client.planMigration(requestFor());
  const platforms = createPlatforms(at.settings.connections, at.settings);
  let [calls, most] = [0, 30];
  const chat = (platform: TrainingPlatform): TrainingPlatform['chat'] => {
    return async (request) => {
      calls += 1;
      // A platform that is slow from here on: the worker dies before it answers.
      if (calls > most) await once(request.signal as AbortSignal, 'abort');
      return await platform.chat(request);
    };
  };
  const { distilModel } = distilActivities({
    platforms: { ...platforms, get: (name) => ({ ...platforms.get(name), chat: chat(platforms.get(name)) }) },
    store: folderStore(at.settings.artifacts),
    records: async () => records,
    ...{ dataDirectory: at.folder, dataHosts: [], ending: new AbortController().signal },
  });
  const input = { plan: distil as DistilPlan, connection: 'elsewhere' };
  const dying = new MockActivityEnvironment();
  let last: unknown;
  dying.on('heartbeat', (details: { done?: number }) => {
    last = structuredClone(details);
    if (details.done) dying.cancel();
  });
  await expect(dying.run(distilModel, input)).rejects.toThrow();
  const { done } = last as { done: number };
  expect(done).toBeGreaterThan(0);

  [calls, most] = [0, trainingLines.length];
  const distilled = await new MockActivityEnvironment({ heartbeatDetails: last }).run(distilModel, input);
  expect(distilled).toMatchObject({ answers: trainingLines.length, asked: trainingLines.length });
  expect(calls).toBeLessThanOrEqual(trainingLines.length - done);
});

test('a model that answers no more cannot be asked, which the plan says', async () => {
  await account.client.models.delete(account.models.second);
  const { obstacles, config } = await at.client.planMigration(requestFor());
  expect(obstacles).toMatchObject([{ code: 'distil_model', message: 'The old model does not answer any more.' }]);
  expect(config).toBeUndefined();
});
