import type { AccountJob } from '../../../src/platforms/platform.ts';
import { connected, endpoint } from '../support.ts';

const old = { id: 'ftjob-1', created_at: 1_600_000_000, status: 'succeeded', training_file: 'file-1', model: 'mini' };

async function jobsOf(data: object[]): Promise<AccountJob[]> {
  const { url } = await endpoint(() => ({ data, has_more: false }));
  const found: AccountJob[] = [];
  for await (const job of connected(url).account?.jobs() ?? []) found.push(job);
  return found;
}

test('a job from before there were methods is told with what it has', async () => {
  const hyperparameters = { n_epochs: 4, batch_size: 'auto', prompt_loss_weight: 0.01, classification: null };
  expect(await jobsOf([{ ...old, hyperparameters }])).toMatchObject([
    {
      id: 'ftjob-1',
      createdAt: 1_600_000_000_000,
      startedFrom: 'mini',
      method: 'supervised',
      hyperparameters: { epochs: 4, batchSize: 'auto', prompt_loss_weight: 0.01 },
      seed: undefined,
      suffix: undefined,
      resultFileIds: [],
    },
  ]);
});

test('the settings are those of its method', async () => {
  const method = { type: 'dpo', dpo: { hyperparameters: { beta: 0.2, n_epochs: 2 } } };
  const [job] = await jobsOf([{ ...old, hyperparameters: null, method, seed: 3, validation_file: 'file-2' }]);
  expect(job).toMatchObject({
    method: 'dpo',
    hyperparameters: { beta: 0.2, epochs: 2 },
    seed: 3,
    validationFileId: 'file-2',
  });
});

test.each([
  ['ft:mini:acme:desk:AbC', { baseModel: 'mini', suffix: 'desk' }],
  ['ft:mini:acme::AbC', { baseModel: 'mini' }],
  ['ft:mini:acme:desk:AbC:ckpt-step-90', undefined],
  ['mini', undefined],
])('what the id %s says', (id, said) => {
  expect(connected('http://here/v1').account?.describe(id)).toEqual(said);
});
