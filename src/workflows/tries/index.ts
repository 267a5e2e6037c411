import { CancelledFailure, setHandler } from '@temporalio/workflow';
import { tryBegunSignal } from '../../contract/messages.ts';
import type { JobSummary } from '../../contract/run.ts';
import { type Try, triesOf, tryWorkflow } from '../../contract/tries.ts';
import type { Access } from '../bases.ts';
import { namedFailure } from '../failures.ts';
import type { Prices } from '../rules.ts';
import type { Run } from '../run.ts';
import { enter } from '../stage.ts';
import type { Training } from '../train.ts';
import { chooseOf } from './choose.ts';
import { type Examples, examine } from './examine.ts';
import { trainOne } from './train-one.ts';

/** What tries are trained and told apart with. */
export interface Tried {
  parts: Training['parts'] & { validation?: Examples };
  jobsAtOnce: number | undefined;
  /** One a try, in their order. */
  estimates: readonly { prices: Prices; trainingUsd: number }[];
  /** By base model. */
  accesses: ReadonlyMap<string, Access>;
}

/** The try with which a run goes on. */
interface Chosen {
  job: JobSummary;
  prices: Prices;
  access: Access;
}

/**
 * Trains all tries of a run side by side and chooses the one that does best on the validation examples: what is held out
 * stays unseen until the chosen one has to prove itself. One that fails is left out.
 */
export async function tryAll(run: Run, { parts, jobsAtOnce, estimates, accesses }: Tried): Promise<Chosen> {
  const { now } = run.progress;
  const { validation } = parts;
  if (!validation) throw nothingToChooseBy();
  const tries = triesOf(run.input.config);
  const given = tries.map(({ config }, at) => ({
    config,
    ...(estimates[at] as Tried['estimates'][number]),
    access: accesses.get(config.model) as Access,
  }));

  await enter(run, 'train');
  now.tries = tries.map(
    ({ name, config }, at): Try => ({
      name,
      workflow: tryWorkflow(run.name, at + 1),
      baseModel: config.model,
      hyperparameters: config.hyperparameters,
      seed: config.seed,
      status: 'waiting',
      cost: { estimatedUsd: given[at]?.trainingUsd ?? 0 },
    }),
  );
  const shown = now.tries;
  setHandler(tryBegunSignal, ({ number, job }) => {
    const one = shown[number - 1];
    if (one?.status === 'waiting') Object.assign(one, { status: 'training', job });
    run.progress.publish();
  });
  // Names of their files begin with the run's key: with the run they go.
  run.uploadBegun = true;
  await Promise.all(
    given.map(async ({ config, prices }, at) => {
      await trainOne(run, shown[at] as Try, { number: at + 1, config, prices, parts, jobsAtOnce });
    }),
  );
  if (run.control.stopping) throw new CancelledFailure('The run was told to end.');
  if (shown.every(({ status }) => status !== 'trained')) throw allFailed(shown);

  await enter(run, 'warmup');
  const candidates = await examine(
    run,
    given.map((one, at) => ({ ...one, number: at + 1, shown: shown[at] as Try })),
    validation,
  );
  if (candidates.length === 0) throw allFailed(shown);
  const chosen = chooseOf(candidates);
  const { config, prices, access } = given[chosen.number - 1] as (typeof given)[number];
  const { earlyStop } = chosen.shown;
  const job = chosen.shown.job as JobSummary;
  run.input = { ...run.input, config };
  run.prices = prices;
  Object.assign(now, { baseModel: config.model, job }, earlyStop ? { earlyStop } : {});
  run.progress.publish();
  return { job, prices, access };
}

function nothingToChooseBy(): Error {
  return namedFailure(
    'invalid_config',
    'The tries of a run are told apart by validation examples, and the split has left none.',
    'Name a file as data.validation, raise split.validation, or give more examples.',
  );
}

function allFailed(tries: readonly Try[]): Error {
  const reasons = tries.map(({ name, says = '' }) => `${name}: ${says}`).join(' ');
  return namedFailure(
    'job_failed',
    `None of the ${tries.length} tries has come to a model that answers. ${reasons}`,
    'Mend what they name, then `tunewright retrain`; a job that failed is never started again by itself.',
  );
}
