import { folderStore } from '../../src/artifacts/index.ts';
import type { AdoptedModel, AdoptionRequest } from '../../src/contract/adoption.ts';
import type { EscapeKit } from '../../src/contract/kit.ts';
import type { AdoptedLineage, ModelVersion } from '../../src/contract/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { type Account, day, filledAccount, trainingLines, validationLines } from './account.ts';

let at: Pipeline;
let account: Account;
let records: Records;

const request: AdoptionRequest = { connection: 'simulator', budgetUsd: 0, dryRun: false, by: 'kim' };

beforeAll(async () => {
  at = await pipeline({ models: { 'stand-in-mini': { shutdownDate: day(30) } } });
  account = await filledAccount(at.simulator);
  records = await openRecords(at.settings.records);
});
afterAll(async () => {
  await records.close();
  await at.close();
});

async function adopt(changes: Partial<AdoptionRequest> = {}) {
  const result = await (await at.client.adopt({ ...request, ...changes })).result();
  const store = folderStore(at.settings.artifacts);
  return { result, rows: JSON.parse(await store.readText(result.models)) as AdoptedModel[] };
}

async function kitOf({ lineage }: ModelVersion): Promise<EscapeKit> {
  return JSON.parse(await folderStore(at.settings.artifacts).readText((lineage as AdoptedLineage).kit));
}

async function text(ref: EscapeKit['train']): Promise<string[]> {
  const content = ref ? await folderStore(at.settings.artifacts).readText(ref) : '';
  return content.trimEnd().split('\n');
}

test('a dry run tells what there is and what answers would cost, and records nothing', async () => {
  const { result, rows } = await adopt({ dryRun: true, budgetUsd: 5 });
  expect(result.accounts).toEqual([
    { connection: 'simulator', jobs: 4, files: 7, models: 4, unusedFiles: 1, registeredByRuns: 0 },
  ]);
  expect(result).toMatchObject({ names: 3, adopted: 4, fuller: 0, known: 0, asked: 0, spentUsd: 0 });
  expect(result.expectedUsd).toBeGreaterThan(0);
  expect(rows.find(({ modelId }) => modelId === account.models.dead)).toMatchObject({
    gone: ['The model does not answer any more: the platform does not list it any more.'],
  });
  expect(await records.listModels()).toEqual([]);
});

test('models of one suffix become versions of one registered model, the newest its champion', async () => {
  const before = at.simulator.ledger();
  const { result } = await adopt();
  expect(result).toMatchObject({ names: 3, adopted: 4, known: 0, asked: 0 });
  // Nothing was created, deleted or asked.
  expect(at.simulator.ledger()).toEqual(before);

  const models = await records.listModels();
  expect(models).toMatchObject([
    { name: 'orders', versions: 1, champion: 1 },
    { name: expect.stringMatching(/^stand-in-mini-/), versions: 1, candidate: 1 },
    { name: 'support-desk', versions: 2, champion: 2 },
  ]);
  expect(models[1]).not.toHaveProperty('champion');
  const [second, first] = await records.listVersions('support-desk');
  expect(first).toMatchObject({ modelId: account.models.first, baseModel: 'stand-in-mini', shutdownDate: day(30) });
  expect(second).toMatchObject({
    modelId: account.models.second,
    createdBy: 'kim',
    lineage: { adopted: true, method: 'supervised', chain: { family: 'stand-in-mini', suffix: 'Support Desk' } },
  });
});

test('a kit holds data, settings, curve, checkpoints and result file', async () => {
  const kit = await kitOf(await records.getVersion('support-desk', 2));
  expect(kit).toMatchObject({
    connection: 'simulator',
    platform: 'openai',
    modelId: account.models.second,
    baseModel: 'stand-in-mini',
    method: 'supervised',
    seed: 7,
    suffix: 'Support Desk',
    systemPrompt: 'Answer with the one intent that fits. Intents: billing, shipping',
    train: { examples: trainingLines.length },
    validation: { examples: validationLines.length },
    heldOut: { examples: validationLines.length },
    heldOutSeen: false,
    gone: [],
  });
  expect(kit.job).toMatchObject({ platformStatus: 'succeeded', model: account.models.second });
  expect(kit.hyperparameters).toEqual({
    epochs: expect.any(Number),
    batchSize: expect.any(Number),
    learningRateMultiplier: expect.any(Number),
  });
  expect(kit.curve.length).toBeGreaterThan(5);
  expect(kit.checkpoints?.map(({ model }) => model)).toEqual(
    expect.arrayContaining([expect.stringContaining(account.models.second)]),
  );
  expect(kit.results).toHaveLength(1);
  expect(await text(kit.train)).toEqual(trainingLines);
  expect(await text(kit.heldOut)).toEqual(validationLines);
});

test('without a validation file examples are drawn from the training data, and said to have been seen', async () => {
  const kit = await kitOf(await records.getVersion('support-desk', 1));
  expect(kit).toMatchObject({ heldOut: { examples: Math.ceil(trainingLines.length / 5) }, heldOutSeen: true });
  expect(kit).not.toHaveProperty('validation');
});

test('what is gone already is said', async () => {
  const [dead] = await records.listVersions((await records.listModels())[1]?.name ?? '');
  const deadKit = await kitOf(dead as ModelVersion);
  expect(deadKit.gone).toEqual(['The model does not answer any more: the platform does not list it any more.']);
  expect(deadKit.train).toMatchObject({ examples: trainingLines.length });
  const dataGone = await kitOf(await records.getVersion('orders', 1));
  expect(dataGone.gone).toEqual([expect.stringMatching(/^Its training file file-\w+ is gone\.$/)]);
  expect(dataGone.curve.length).toBeGreaterThan(5);
  expect(dataGone).not.toHaveProperty('heldOut');
});

test('within a budget the models answer, the newest first, and the budget is not passed', async () => {
  const dollars = () => at.simulator.ledger().totals.dollars;
  const before = dollars();
  const { result: none } = await adopt({ budgetUsd: 0.001 });
  expect(none).toMatchObject({ asked: 0, overBudget: 2, known: 4, adopted: 0, fuller: 0 });
  expect(dollars()).toBe(before);

  // Room for the most that one of the two models with examples can cost.
  const budgetUsd = none.atMostUsd * 0.6;
  const { result, rows } = await adopt({ budgetUsd });
  expect(result.asked).toBeGreaterThan(0);
  const spent = dollars() - before;
  expect(spent).toBeLessThanOrEqual(budgetUsd);
  expect(result.spentUsd).toBeCloseTo(spent, 2);
  const answered = rows.find(({ modelId }) => modelId === account.models.second);
  expect(answered?.answers?.examples).toBe(validationLines.length);
  expect(answered?.answers?.passed).toBeGreaterThan(validationLines.length / 2);
});

test('adopting again changes nothing, and asks no model twice', async () => {
  await adopt({ budgetUsd: 5 });
  const before = { ledger: at.simulator.ledger(), audit: await records.audit('support-desk') };
  const versions = await records.listVersions('support-desk');
  const { result } = await adopt({ budgetUsd: 5 });
  expect(result).toMatchObject({ adopted: 0, fuller: 0, known: 4, asked: 0, expectedUsd: 0 });
  expect(at.simulator.ledger()).toEqual(before.ledger);
  expect(await records.audit('support-desk')).toEqual(before.audit);
  expect(await records.listVersions('support-desk')).toEqual(versions);
});

test('a newer fine-tune takes the place of a champion of an adoption, not of one that a person has chosen', async () => {
  await records.rollback({ model: 'support-desk', by: 'kim', requestId: 'r1', reason: 'complaints', version: 1 });
  await account.again('Support Desk');
  const newer = await account.again('orders');
  expect((await adopt()).result).toMatchObject({ adopted: 2, known: 4 });
  expect(await records.getModel('support-desk')).toMatchObject({ champion: 1, candidate: 3, versions: 3 });
  expect(await records.getModel('orders')).toMatchObject({ champion: 2, versions: 2 });
  expect(await records.getVersion('orders', 2)).toMatchObject({ modelId: newer, promoted: { by: 'kim' } });
});

test('examples of a person are asked where the model had none', async () => {
  const { rows } = await adopt({ heldOut: 'data.jsonl', models: [account.models.dataGone] });
  expect(rows).toMatchObject([{ name: 'orders', heldOut: 64, version: 1 }]);
  expect(rows[0]).not.toHaveProperty('seen');
});

test('how many of them the model was trained on is told', async () => {
  const { rows } = await adopt({ heldOut: 'data.jsonl', models: [account.models.dead] });
  expect(rows).toMatchObject([{ heldOut: 64, train: trainingLines.length, seen: trainingLines.length }]);
});

test('what the platform does not give is told, and the rest is packed all the same', async () => {
  const model = await account.again('refused');
  const error = { error: { message: 'Downloading of fine-tune files is disabled for this account.' } };
  at.simulator.faults.add({
    kind: 'status',
    status: 400,
    body: error,
    path: '/v1/files/*/content',
    times: 2,
    id: 'no',
  });
  at.simulator.faults.add({ kind: 'status', status: 403, path: '/v1/fine_tuning/jobs/*/checkpoints' });
  await at.stopWorkers();
  // Another worker, which has not read the file before.
  await at.startWorker();
  const { rows } = await adopt({ models: [model] });
  expect(rows[0]?.gone).toEqual([
    expect.stringMatching(/^Its training file file-\w+ cannot be had: .*disabled for this account\. \(HTTP 400\)\.$/),
    expect.stringMatching(/^Its result file file-\w+ cannot be had: /),
  ]);
  at.simulator.faults.clear();
  const { result, rows: again } = await adopt({ models: [model] });
  expect(result).toMatchObject({ fuller: 1 });
  expect(again[0]).toMatchObject({ gone: [], train: trainingLines.length, seen: Math.ceil(trainingLines.length / 5) });
});

test('a model that no account holds, and a connection that cannot list, are refused by name', async () => {
  await expect(adopt({ models: ['ft:no-such'] })).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(adopt({ connection: 'keyless' })).rejects.toMatchObject({ code: 'missing_key' });
});
