import { standInConnection } from '../../../src/platforms/registry.ts';
import { bench, connected, endpoint, failureOf, newJob, until } from '../support.ts';

const models = '/v0/models';

async function open(changes: object = {}) {
  const at = await bench({ modelNameMs: Number.MAX_SAFE_INTEGER, ...changes }, (url) => ({
    ...standInConnection(url),
    apiKeyEnv: 'OPENAI_API_KEY',
    timeoutSeconds: 5,
    checkpointModels: url.replace(/v1$/, 'v0/models'),
  }));
  const made = () => at.simulator.ledger().entries.filter(({ kind }) => kind === 'model');
  const trained = async () => await until(at.platform, (await newJob(at)).id);
  const make = async (id: string) => await at.platform.makeModel?.(id);
  const named = async (id: string) => {
    await make(id);
    return await until(at.platform, id, ({ model }) => model !== null);
  };
  return { ...at, made, trained, make, named };
}

test('the last checkpoint of a job that names no model is made one, once, and answers', async () => {
  const { platform, made, trained, make, named } = await open();
  const { id } = await trained();
  const { model } = await named(id);
  expect(model).toMatch(/^stand-in-mini-LoRA:ftjob-/);
  await make(id);
  expect(made()).toHaveLength(1);
  expect(await platform.listCheckpoints(id)).toEqual([]);
  expect(platform.catalogueEntry(model ?? '')?.id).toBe('stand-in-mini');
  expect(await platform.getModel(model ?? '')).toEqual({ id: model });
  const messages = [{ role: 'user', content: 'I want my money back for order 3' }];
  const { text } = await platform.chat({ model: model ?? '', messages, maxOutputTokens: 5, seed: 1 });
  expect(text).toBe('refund');
});

test('looking at a job makes none: a run that is stopped looks too', async () => {
  const { platform, made, trained } = await open();
  const { id } = await trained();
  expect(await platform.getJob(id)).toMatchObject({ state: 'succeeded', model: null });
  expect(made()).toEqual([]);
});

test('a job has no model before that answers', async () => {
  const { platform, simulator, trained, make, named } = await open({ modelReadyMs: 60_000 });
  const { id } = await trained();
  await make(id);
  expect(await platform.getJob(id)).toMatchObject({ state: 'succeeded', model: null });
  simulator.advanceClock(60_000);
  expect((await named(id)).model).not.toBeNull();
});

test('one whose answer was lost is found, and not made again', async () => {
  const { simulator, made, trained, make, named } = await open();
  simulator.faults.add({ kind: 'drop-after', method: 'POST', path: models });
  const { id } = await trained();
  expect(await failureOf(make(id))).toMatchObject({ code: 'answer_lost', retry: 'unsure' });
  expect((await named(id)).model).toMatch(/-LoRA:/);
  expect(made()).toHaveLength(1);
});

test('it is among what the account holds, and is deleted, also twice', async () => {
  const { platform, trained, named } = await open();
  const { id } = await trained();
  const { model } = await named(id);
  const held = await platform.listHoldings('');
  expect(held.jobs.map((job) => job.model)).toEqual([model]);
  expect([...held.models]).toContain(model);
  const short = model?.split(':').at(-1);
  expect(platform.deleteModelCommand(model ?? '')).toMatch(
    new RegExp(`^curl -X DELETE -H "Authorization: Bearer \\$OPENAI_API_KEY" '.*/v0/models/${short}'$`),
  );
  for (const _ of [1, 2]) await platform.deleteModel(model ?? '');
  expect([...(await platform.listHoldings('')).models]).not.toContain(model);
  expect(await failureOf(platform.getModel(model ?? ''))).toMatchObject({ code: 'model_not_found', status: 404 });
});

test.each([
  ['can be made', 'error', { code: 'checkpoint_refused', message: 'Rank 512 is too high.' }],
  ['is left', 'deleted', { code: 'model_deleted' }],
])("a checkpoint of which no model %s is the job's failure", async (_, status, error) => {
  const { url } = await endpoint(({ url: path }) =>
    path.startsWith('/v0/models')
      ? [{ name: 'base-LoRA:x', status, status_reason: 'Rank 512 is too high.', job_id: 'ftjob-1' }]
      : { id: 'ftjob-1', created_at: 1, training_file: 'file-1', status: 'succeeded' },
  );
  const platform = connected(url, { checkpointModels: url.replace(/v1$/, 'v0/models') });
  expect(await platform.getJob('ftjob-1')).toMatchObject({ state: 'failed', error });
});
