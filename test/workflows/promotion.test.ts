import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connect } from '../../src/client/connect.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Listener, listener } from '../support/listener.ts';
import { contraryDataSet, type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { until } from '../support/watching.ts';

let at: Pipeline;
let records: Records;
let notices: Listener;
beforeAll(async () => {
  notices = await listener();
  at = await pipeline({}, { notices: { url: notices.url, secret: notices.secret } });
  records = await openRecords(at.settings.records);
});
afterAll(async () => {
  await records.close();
  await at.close();
  await notices.close();
});

/** A run of which the result becomes a version of a model of that name. */
function registering(register: string, changes: Partial<RunConfigInput> = {}): RunConfigInput {
  const { gate, ...rest } = changes;
  return at.config({ register, gate: { minimumExamples: 5, minimumLifeDays: 0, ...gate }, ...rest });
}

test('the first model that beats its base becomes the champion, and the record of the run outlives Temporal', async () => {
  const run = await at.client.start(registering('first'));
  const result = await run.result();
  expect(result).toMatchObject({
    verdict: { decision: 'promote' },
    registered: { name: 'first', version: 1, promoted: true, approvedBy: 'gate' },
  });
  expect(await records.resolve('first')).toMatchObject({ version: 1, modelId: result.model, connection: 'simulator' });
  const version = await records.getVersion('first', 1);
  expect(version.lineage).toMatchObject({
    run: run.name,
    evaluation: { score: result.comparison.tuned.score, against: [{ target: 'base' }] },
    cost: { simulated: true },
  });
  const { runs } = await records.listRuns({ name: run.name });
  expect(runs).toMatchObject([
    { progress: { status: 'succeeded', registered: { version: 1 } }, config: { register: 'first' } },
  ]);
  const evaluations = await records.evaluationsOf(runs[0]?.key ?? '');
  expect(evaluations.map(({ target }) => target).sort()).toEqual(['base', 'tuned']);
  expect(await notices.of(run.name, 'run_ended')).toMatchObject({
    status: 'succeeded',
    registered: { promoted: true },
  });
});

test('a model that is shown to be better by what it was trained on is not promoted', async () => {
  const run = await at.client.start(registering('by-heart', { data: { train: 'data.jsonl', test: 'data.jsonl' } }));
  const { verdict, registered } = await run.result();
  expect(registered).toMatchObject({ promoted: false });
  expect(verdict.checks.filter(({ passed }) => !passed)).toEqual([
    { rule: 'unseen', passed: false, says: expect.stringMatching(/^90\.6% of the held-out examples are asked/) },
  ]);
  // It was known before anything was paid.
  expect((await run.progress()).data?.warnings.at(-1)).toMatch(
    /^gate: 90\.6% of the held-out examples .* will not be promoted: .* \[gate_out_of_reach\]$/,
  );
});

test('held-out examples that all have the same right answer promote nobody, unless the gate is told that they may', async () => {
  const lines = smallDataSet().trimEnd().split('\n');
  const [held, rest] = [lines.slice(-12), lines.slice(0, -12)];
  await writeFile(join(at.folder, 'one-answer.jsonl'), held.join('\n'));
  await writeFile(join(at.folder, 'others.jsonl'), rest.join('\n'));
  const data = { train: 'others.jsonl', test: 'one-answer.jsonl' };
  const { verdict, registered } = await (await at.client.start(registering('constant', { data }))).result();
  expect(verdict.checks.filter(({ passed }) => !passed)).toEqual([
    {
      rule: 'answers',
      passed: false,
      says: expect.stringMatching(/^All held-out examples have the same right answer/),
    },
  ]);
  expect(registered).toMatchObject({ promoted: false });
  const may = registering('constant', { data, gate: { minimumAnswers: 1 } });
  expect((await (await at.client.start(may)).result()).registered).toMatchObject({ promoted: true });
});

test('a tie keeps the champion; the new version stays registered as its candidate', async () => {
  await (await at.client.start(registering('tie'))).result();
  const again = await (await at.client.start(registering('tie'))).result();
  expect(again).toMatchObject({
    verdict: {
      decision: 'keep',
      checks: expect.arrayContaining([{ rule: 'champion', passed: false, says: expect.any(String) }]),
    },
    registered: { version: 2, promoted: false },
  });
  expect(await records.resolve('tie')).toMatchObject({ version: 1 });
  expect(await records.getModel('tie')).toMatchObject({ champion: 1, candidate: 2 });
});

test('what the champion has learnt of the held-out examples is told: it looks better than it is', async () => {
  await (await at.client.start(registering('learnt'))).result();
  const again = await (await at.client.start(registering('learnt', { split: { seed: 2 } }))).result();
  const says = again.verdict.checks.find(({ rule }) => rule === 'champion')?.says;
  const [, learnt] = /The champion was trained on (\d+) of these examples/.exec(says ?? '') ?? [];
  expect(Number(learnt)).toBeGreaterThan(0);
  expect(Number(learnt)).toBeLessThanOrEqual(13);
  const same = await (await at.client.start(registering('learnt'))).result();
  expect(same.verdict.checks.find(({ rule }) => rule === 'champion')?.says).not.toContain('trained on');
});

test('a person approves: who, and why, is in the audit; the report can be read meanwhile', async () => {
  const run = await at.client.start(registering('asked', { gate: { approval: 'person' } }));
  const { question, report } = await until(run, 'promote', ({ status }) => status === 'parked');
  expect(question).toMatchObject({ code: 'approval_needed', deadline: expect.any(String) });
  expect(report).toBeDefined();
  await expect(records.resolve('asked')).rejects.toMatchObject({ code: 'no_champion' });
  expect(await notices.of(run.name, 'approval_needed')).toMatchObject({ deadline: question?.deadline });
  await run.decide('promote', { by: 'ops@example.com', comment: 'Looked at the regressions.' });
  expect((await run.result()).registered).toMatchObject({ promoted: true, approvedBy: 'ops@example.com' });
  const [promotion] = (await records.audit('asked')).filter(({ action }) => action === 'promote');
  expect(promotion).toMatchObject({ by: 'ops@example.com', reason: 'Looked at the regressions.' });
});

test('nobody waits for notices that are not taken; they are told once they are', async () => {
  notices.taking = false;
  const run = await at.client.start(registering('untold', { gate: { approval: 'person' } }));
  await until(run, 'promote', ({ status }) => status === 'parked');
  await run.decide('promote', { by: 'ops@example.com' });
  const { registered, runId } = await run.result();
  expect(registered).toMatchObject({ promoted: true });
  await expect(notices.of(run.name, 'run_ended')).rejects.toThrow('was not told');
  notices.taking = true;
  const temporal = await connect(at.settings.temporal);
  for (const id of [`${runId}-approval-1-0`, `${runId}-ended`]) {
    await temporal.workflow.getHandle(`notice-${id}`).result();
  }
  await temporal.connection.close();
  expect(await notices.of(run.name, 'approval_needed')).toMatchObject({ deadline: expect.any(String) });
  expect(await notices.of(run.name, 'run_ended')).toMatchObject({ registered: { promoted: true } });
});

test('a person may say no', async () => {
  const run = await at.client.start(registering('refused', { gate: { approval: 'person' } }));
  await until(run, 'promote', ({ status }) => status === 'parked');
  await run.decide('keep', { by: 'ops@example.com' });
  expect((await run.result()).registered).toMatchObject({ version: 1, promoted: false, approvedBy: 'ops@example.com' });
  await expect(records.resolve('refused')).rejects.toMatchObject({ code: 'no_champion' });
});

test.each(['keep', 'promote'] as const)('at the deadline the gate does what it was told: %s', async (atDeadline) => {
  const seconds = (count: number) => count / 3600;
  const gate = { approval: 'person', approvalHours: seconds(3), reminderHours: 0.01, atDeadline } as const;
  const run = await at.client.start(registering(`late-${atDeadline}`, { gate }));
  const { registered } = await run.result();
  expect(registered).toMatchObject({ promoted: atDeadline === 'promote', approvedBy: 'gate' });
});

test('when another version becomes champion meanwhile, it has to be beaten as well', async () => {
  await (await at.client.start(registering('overtaken'))).result();
  // What they learn is the contrary of what the champion has learnt, and so is what they are tested on.
  const contrary = 'contrary.jsonl';
  await writeFile(join(at.folder, contrary), contraryDataSet());
  const run = await at.client.start(
    registering('overtaken', { data: { train: contrary }, gate: { approval: 'person' } }),
  );
  await until(run, 'promote', ({ status }) => status === 'parked');
  const other = await (await at.client.start(registering('overtaken', { data: { train: contrary } }))).result();
  expect(other.registered).toMatchObject({ version: 3, promoted: true });
  await run.decide('promote', { by: 'ops@example.com' });
  expect(await run.result()).toMatchObject({
    verdict: { decision: 'keep' },
    registered: { version: 2, promoted: false },
  });
  const { lineage } = await records.getVersion('overtaken', 2);
  expect(lineage).toMatchObject({
    evaluation: { against: [{ target: 'base' }, { target: 'champion' }], gate: { decision: 'keep' } },
  });
  expect(await records.resolve('overtaken')).toMatchObject({ version: 3 });
});

test('a champion that cannot be asked any more is not beaten by that', async () => {
  const first = await (await at.client.start(registering('gone'))).result();
  await createPlatforms(at.settings.connections, { env: at.settings.env }).get('simulator').deleteModel(first.model);
  const anew = { evaluation: { reuseAnswers: false } };
  const run = await (await at.client.start(registering('gone', anew))).result();
  expect(run).toMatchObject({ verdict: { decision: 'keep' }, registered: { version: 2, promoted: false } });
  expect(run.verdict.checks.find(({ rule }) => rule === 'champion')?.says).toBe(
    'It was not compared with the champion.',
  );
});

test('a champion that its platform has shut down counts as none, and is replaced', async () => {
  await (await at.client.start(registering('shut-down'))).result();
  const database = new DatabaseSync(at.settings.records);
  database.exec("UPDATE versions SET shutdown_date = '2020-01-01' WHERE model = 'shut-down'");
  database.close();
  const run = await (await at.client.start(registering('shut-down'))).result();
  expect(run).toMatchObject({ verdict: { decision: 'promote' }, registered: { version: 2, promoted: true } });
  expect(run.rivals.map(({ role }) => role)).toEqual(['base']);
});

test('the base model with examples in its prompt is a rival where the run asks for it', async () => {
  const run = await at.client.start(registering('prompted', { evaluation: { prompted: { examples: 8 } } }));
  const { verdict } = await run.result();
  expect(verdict.checks.map(({ rule }) => rule)).toEqual(['examples', 'graded', 'base', 'prompted', 'life']);
  const { runs } = await records.listRuns({ name: run.name });
  const evaluations = await records.evaluationsOf(runs[0]?.key ?? '');
  const [base, prompted] = ['base', 'prompted'].map((role) => evaluations.find(({ target }) => target === role));
  expect(prompted?.model).toBe(base?.model);
  expect(prompted?.passed).toBeGreaterThan(base?.passed ?? 0);
});
