import { parseRunConfig, type RunConfig, type RunConfigInput } from '../../contract/config.ts';
import { type MigrationRequest, migrationRunName } from '../../contract/migration.ts';
import type { Facts } from './facts.ts';
import { sourcesOf } from './heritage.ts';

const leastBudgetUsd = 1;

/** The run that makes the model again elsewhere. Throws `invalid_config` for changes that are not valid. */
export function configOf(facts: Facts, estimateUsd: number | undefined): RunConfig {
  const { request, heritage, from } = facts;
  const { method, hyperparameters, seed, suffix, run } = heritage;
  const elsewhere = from.connection !== request.connection;
  const { learningRateMultiplier, ...others } = hyperparameters;
  const { split, evaluation, hyperparameters: changed, ...changes } = request.changes ?? {};
  return parseRunConfig({
    name: migrationRunName(request.model),
    connection: request.connection,
    model: request.baseModel,
    method,
    data: dataOf(facts),
    split: splitOf(facts, { ...run?.split, ...split }),
    evaluation: { ...run?.evaluation, ...evaluation },
    ...(run?.reward ? { reward: run.reward } : {}),
    hyperparameters: {
      ...others,
      ...(elsewhere || learningRateMultiplier === undefined ? {} : { learningRateMultiplier }),
      ...changed,
    },
    ...(seed === undefined ? {} : { seed }),
    ...(suffix === undefined ? {} : { suffix }),
    budgetUsd: budgetOf(request, estimateUsd),
    register: request.model,
    ...changes,
    gate: { ...changes.gate, margins: { ...changes.gate?.margins, champion: -request.margin } },
  } satisfies RunConfigInput);
}

/** Twice the estimate where none is given. */
export function budgetOf({ budgetUsd }: MigrationRequest, estimateUsd: number | undefined): number {
  return budgetUsd ?? Math.max(leastBudgetUsd, Math.ceil((estimateUsd ?? 0) * 2));
}

/** Where the old model answers, what it is asked stands for the training data until it has. */
function dataOf({ heritage, distil }: Facts): RunConfigInput['data'] {
  const train = heritage.train ?? distil?.inputs;
  return sourcesOf(train ? { ...heritage, train } : heritage) ?? { train: '' };
}

/** What was divided already has lost the fields by which it was; answers never had them. */
function splitOf(facts: Facts, given: RunConfigInput['split']): RunConfigInput['split'] {
  const { heritage, distil } = facts;
  const split = learnsAll(facts) ? { validation: 0, ...given } : given;
  if (!heritage.divided && !distil) return split;
  const { groupBy: _, timeBy: __, ...others } = split ?? {};
  return others;
}

/** An old model that was made elsewhere has learnt all of its data: so does the new one, unless it is chosen by validation. */
function learnsAll({ heritage, request }: Facts): boolean {
  const { tries, stopEarly } = request.changes ?? {};
  return !heritage.run && !heritage.divided && !tries && !stopEarly && !request.otherBases;
}
