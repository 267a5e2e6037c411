import { configOf } from '../../src/activities/migrate/config.ts';
import type { Facts } from '../../src/activities/migrate/facts.ts';
import type { Heritage } from '../../src/activities/migrate/heritage.ts';
import { parseRunConfig, type RunConfigInput } from '../../src/contract/config.ts';

const file = { sha256: 'a'.repeat(64), bytes: 1, uri: 'file:///a' };

/** The run that is planned for a model that this run has made, with these changes. */
function planned(old: Partial<RunConfigInput>, changes: Partial<RunConfigInput>) {
  const { split, evaluation, reward, method, hyperparameters } = parseRunConfig({
    ...{ model: 'a', data: { train: 'a.jsonl' }, budgetUsd: 1 },
    ...old,
  });
  const heritage: Heritage = {
    ...{ method, train: file, seen: 0, recorded: false, gone: [] },
    hyperparameters: hyperparameters as Heritage['hyperparameters'],
    run: { split, evaluation, ...(reward ? { reward } : {}) },
  };
  const from = { version: 1, connection: 'old', modelId: 'a', baseModel: 'a' };
  const request = { model: 'm', connection: 'new', baseModel: 'b', margin: 0.1, changes };
  return configOf({ request, from, heritage } as Facts, 1);
}

const grader = { type: 'refusal' } as const;
const reward = { type: 'string_check', operation: 'eq' } as const;

test('what a change does not name stays as the old run had it', () => {
  const { evaluation, hyperparameters, split } = planned(
    { evaluation: { grader }, hyperparameters: { epochs: 7, batchSize: 4 }, split: { seed: 5 } },
    { evaluation: { prompted: { examples: 2 } }, hyperparameters: { batchSize: 8 }, split: { test: 0.3 } },
  );
  expect(evaluation).toMatchObject({ grader, prompted: { examples: 2 } });
  expect(hyperparameters).toMatchObject({ epochs: 7, batchSize: 8 });
  expect(split).toMatchObject({ seed: 5, test: 0.3 });
});

test('a model that was rewarded by a grader of its own is rewarded by the same', () => {
  const old = { method: 'reinforcement', reward, evaluation: { grader } } as const;
  expect(planned(old, {})).toMatchObject({ reward, evaluation: { grader } });
});
