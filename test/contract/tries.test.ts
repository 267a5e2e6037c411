import { parseRunConfig } from '../../src/contract/config.ts';
import { basesOf, triesOf } from '../../src/contract/tries.ts';

const run = { model: 'stand-in-mini', data: { train: 'data.jsonl' }, budgetUsd: 5 };
const parsed = (tries: unknown, more: object = {}) => parseRunConfig({ ...run, ...more, tries });

test('a try is as its run in what it does not name', () => {
  const config = parsed([{ hyperparameters: { epochs: 3 } }, { name: 'nano', model: 'stand-in-nano', seed: 7 }], {
    hyperparameters: { batchSize: 8 },
  });
  const [first, second] = triesOf(config);
  expect(first).toMatchObject({
    name: 'try-1',
    config: { model: 'stand-in-mini', seed: 1, hyperparameters: { epochs: 3, batchSize: 8 } },
  });
  expect(second).toMatchObject({
    name: 'nano',
    config: { model: 'stand-in-nano', seed: 7, hyperparameters: { epochs: 'auto', batchSize: 8 } },
  });
  expect(first?.config).not.toHaveProperty('tries');
});

test('the base models of a run are those of its tries, each once', () => {
  expect(basesOf(parsed([{ seed: 1 }, { seed: 2 }, { model: 'stand-in-nano' }]))).toEqual([
    'stand-in-mini',
    'stand-in-nano',
  ]);
  expect(basesOf(parsed([{ model: 'a' }, { model: 'b' }]))).toEqual(['a', 'b']);
  expect(basesOf(parsed(undefined))).toEqual(['stand-in-mini']);
});

const two = [{ seed: 1 }, { seed: 2 }];

test.each([
  ['one alone', [{ seed: 2 }], {}, /^tries: /m],
  ['nine', Array.from({ length: 9 }, (_, seed) => ({ seed })), {}, /^tries: /m],
  ['two of one name', [{ name: 'a' }, { name: 'a', seed: 2 }], {}, /^tries: two tries have the same name$/m],
  ['one that takes the name of another', [{ seed: 2 }, { name: 'try-1' }], {}, /two tries have the same name/],
  [
    'two that train the same',
    [{ hyperparameters: { epochs: 3 } }, { hyperparameters: { epochs: 3 } }],
    {},
    /are the same/,
  ],
  ['one that is the run again, and says so', [{ seed: 1 }, { model: 'stand-in-mini' }], {}, /two tries are the same/],
  ['no validation part', two, { split: { validation: 0 } }, /^tries: .*set split\.validation above 0$/m],
  ['a beta without dpo', [{ hyperparameters: { beta: 0.2 } }, {}], {}, /only the method dpo has a beta/],
])('%s is refused', (_, tries, more, message) => {
  expect(() => parsed(tries, more)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringMatching(message) }),
  );
});

test('a validation file of its own is as good as a share of the training data', () => {
  const own = { data: { train: 'data.jsonl', validation: 'validation.jsonl' }, split: { validation: 0 } };
  expect(parsed(two, own).tries).toHaveLength(2);
});
