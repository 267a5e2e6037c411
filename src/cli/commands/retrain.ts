import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { RetrainInput } from '../../contract/retrain.ts';
import { isPath } from '../../contract/source.ts';
import type { Context, Perform } from '../context.ts';
import { numberOrAuto, wholeNumber } from '../options.ts';
import { runNamed } from '../run-named.ts';

interface RetrainOptions {
  train?: string;
  validation?: string;
  test?: string;
  epochs?: number | 'auto';
  batchSize?: number | 'auto';
  learningRateMultiplier?: number | 'auto';
  beta?: number | 'auto';
  computeMultiplier?: number | 'auto';
  seed?: number;
  model?: string;
  keepJob?: boolean;
}

export function retrainCommand(program: Command, perform: Perform): void {
  program
    .command('retrain')
    .description('train again with changes; what is not named stays as it was')
    .argument('<name>', 'the run; one that still goes on continues under its name')
    .option('--train <source>', 'training data: a path, https://, s3:// or platform:')
    .option('--validation <source>', 'validation data')
    .option('--test <source>', 'held-out data')
    .option('--epochs <n|auto>', 'passes over the training data', numberOrAuto)
    .option('--batch-size <n|auto>', 'examples a step', numberOrAuto)
    .option('--learning-rate-multiplier <x|auto>', 'factor on the learning rate', numberOrAuto)
    .option('--beta <x|auto>', 'of dpo: how dear it is to move away from the base model', numberOrAuto)
    .option('--compute-multiplier <x|auto>', 'of reinforcement: factor on the answers that are tried', numberOrAuto)
    .option('--seed <n>', 'seed of the job', wholeNumber(0))
    .option('--model <id>', 'base model')
    .option('--keep-job', 'let the job under way end and keep its result first')
    .action((name: string, options: RetrainOptions) => perform((context) => retrain(context, name, options)));
}

async function retrain({ client, out, directory }: Context, name: string, options: RetrainOptions): Promise<undefined> {
  const handle = await (await runNamed(await client(), name)).retrain(requestOf(options, directory));
  out.data({ name: handle.name, url: handle.url });
  out.say(
    `${handle.name}${handle.url ? `\nWeb UI:  ${handle.url}` : ''}\n\`tunewright watch ${handle.name}\` shows it.`,
  );
}

/** What the options ask for, data paths made absolute; what no option names is absent. */
export function requestOf(options: RetrainOptions, directory: string): RetrainInput {
  const { train, validation, test, epochs, batchSize, learningRateMultiplier, beta, computeMultiplier } = options;
  const { seed, model, keepJob } = options;
  const path = (file: string | undefined) => (file === undefined || !isPath(file) ? file : resolve(directory, file));
  return {
    changes: present({
      data: orUndefined(present({ train: path(train), validation: path(validation), test: path(test) })),
      hyperparameters: orUndefined(present({ epochs, batchSize, learningRateMultiplier, beta, computeMultiplier })),
      seed,
      model,
    }),
    currentJob: keepJob ? 'keep' : 'stop',
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}

function orUndefined<T extends object>(object: T): T | undefined {
  return Object.keys(object).length > 0 ? object : undefined;
}
