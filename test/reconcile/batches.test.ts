import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Bench, bench, told } from './support.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
  // Nothing ends by itself.
  at.simulator.set({ batchSeconds: 3_600 });
});
afterEach(async () => await at.close());

const batches = async () => (await at.platform.batches?.find({ keyPrefix: 'tunewright-', since: 0 })) ?? [];

async function begun(count: number): Promise<void> {
  while ((await batches()).length < count) await setTimeout(50);
}

async function evaluating() {
  return await at.client.evaluate({
    models: ['simulator/stand-in-mini'],
    data: join(at.folder, 'data.jsonl'),
    budgetUsd: 1,
    pollSeconds: 0.1,
    evaluation: { batch: true },
  });
}

test('the batch of an evaluation that was terminated is listed, stopped on demand, and its file is gone then', async () => {
  const { name } = await evaluating();
  await begun(1);
  expect(told(await at.reconcile({ apply: true }))).toEqual(['batch running owned', 'file running owned']);

  await at.temporal.workflow.getHandle(name).terminate('for a test');
  const { findings } = await at.reconcile();
  expect(findings).toMatchObject([
    { kind: 'batch', run: name, state: 'terminated', platformStatus: expect.any(String), verdict: 'leftover' },
    { kind: 'file', run: name, state: 'terminated', verdict: 'leftover' },
  ]);
  expect((await batches()).map(({ state }) => state)).toEqual(['running']);

  const [stopped] = (await at.reconcile({ apply: true })).findings;
  expect(['removed', 'stopping']).toContain(stopped?.outcome);
  while ((await batches()).some(({ state }) => state !== 'ended')) await setTimeout(50);
  expect(await at.reconcile({ apply: true })).toEqual({ connections: ['simulator'], findings: [], problems: [] });
});

test('a batch of a run that this Temporal does not know is listed and left, one of others is not listed', async () => {
  const key = `tunewright-${randomUUID()}-1-base-batch-0`;
  const path = join(at.folder, 'questions.jsonl');
  const { batches: api } = at.platform;
  const question = {
    model: 'stand-in-mini',
    messages: [{ role: 'user', content: 'where is it?' }],
    seed: 1,
    maxOutputTokens: 8,
  };
  const line = `${api?.line('a', question)}\n`;
  await writeFile(path, line);
  for (const mine of [key, 'mine']) {
    const file = await api?.uploadFile({ path, name: `${mine}.jsonl`, bytes: Buffer.byteLength(line) }, {});
    await api?.create({ key: mine, runName: 'elsewhere', fileId: file?.id ?? '' });
  }
  const { findings } = await at.reconcile({ apply: true });
  expect(findings).toMatchObject([
    { kind: 'batch', run: 'elsewhere', state: 'unknown', verdict: 'foreign' },
    { kind: 'file', state: 'unknown', verdict: 'foreign' },
  ]);
  expect((await batches()).map(({ state }) => state)).toEqual(['running']);
});
