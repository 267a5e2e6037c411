import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunConfigInput } from '../contract/config.ts';
import type { MigrationRequest } from '../contract/migration.ts';
import { isPath } from '../contract/source.ts';
import type { Context } from './context.ts';
import { amountOf, overrides } from './options.ts';
import type { Override } from './run-file.ts';

type Target = Pick<MigrationRequest, 'connection' | 'baseModel'>;

/** What is asked of a migration, by a person or by a schedule. */
export interface MigrationOptions {
  /** All at one connection. */
  to: [Target, ...Target[]];
  margin: number;
  budget?: number;
  approval?: 'automatic' | 'person';
  /** True where no source is named: the training data are asked. */
  distil?: string | true;
  distilBudget?: number;
  config?: string;
  set?: Override[];
}

export function migrationOptions(command: Command): Command {
  return command
    .requiredOption(
      '--to <connection/base>',
      'where to, and which base model there; where several are named each is tried',
      targetsOf,
    )
    .addOption(
      new Option('--margin <points>', 'the most that the new model may lose, in points of the score')
        .argParser(marginOf)
        .default(0.02, '2'),
    )
    .addOption(new Option('--budget <usd>', 'of the run; twice its estimate when absent').argParser(amountOf))
    .addOption(new Option('--approval <who>', 'who promotes what has passed').choices(['automatic', 'person']))
    .option(
      '--distil [source]',
      'learn the answers that the old model gives to these questions; to those of the training data when none are named',
    )
    .addOption(
      new Option(
        '--distil-budget <usd>',
        'what its answers may cost; as many questions are asked as it bears',
      ).argParser(amountOf),
    )
    .option('--config <file>', 'fields of the run that is planned, as YAML or JSON')
    .option('--set <key=value>', 'change a field of the run that is planned', overrides);
}

/** The same for every model; paths start at the directory of the command line. */
export async function migrationRequest(
  { directory }: Pick<Context, 'directory'>,
  { to, margin, budget, approval, distil, distilBudget, config, set }: MigrationOptions,
): Promise<Omit<MigrationRequest, 'model'>> {
  const { changesFrom } = await import('./run-file.ts');
  const changes: Partial<RunConfigInput> = await changesFrom(config, set ?? [], directory);
  const inputs = typeof distil === 'string' ? { inputs: placed(directory, distil) } : {};
  const budgetUsd = distilBudget === undefined ? {} : { budgetUsd: distilBudget };
  const [first, ...others] = to;
  return {
    ...first,
    ...(others.length > 0 ? { otherBases: others.map(({ baseModel }) => baseModel) } : {}),
    margin,
    ...(budget === undefined ? {} : { budgetUsd: budget }),
    ...(distil === undefined ? {} : { distil: { ...inputs, ...budgetUsd } }),
    changes: approval ? { ...changes, gate: { ...changes.gate, approval } } : changes,
  };
}

export function placed(directory: string, source: string): string {
  return isPath(source) ? resolve(directory, source) : source;
}

function targetsOf(text: string, others: readonly Target[] = []): Target[] {
  const [, connection, baseModel] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (!connection || !baseModel)
    throw new InvalidArgumentError('It takes a connection and a base model there, such as azure/gpt-4.1-mini.');
  if (others.some((other) => other.connection !== connection))
    throw new InvalidArgumentError('Bases that are tried have to be at one connection.');
  return [...others, { connection, baseModel }];
}

/** Points of the score to a share. */
function marginOf(text: string): number {
  const points = amountOf(text);
  if (points > 0 && points < 100) return points / 100;
  throw new InvalidArgumentError('It takes points of the score above 0, such as 2.');
}
