import { parseRunConfig, type RunConfig, type RunConfigInput } from '../../contract/config.ts';
import type { MigrationPlan, MigrationRequest, Obstacle, Price } from '../../contract/migration.ts';
import type { Inspection } from '../../datasets/index.ts';
import { estimateTrainingTokens } from '../../datasets/index.ts';
import { examplesForMargin, smallestMargin } from '../../evaluation/index.ts';
import { daysUntil } from '../../lifetimes/days.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { type Heritage, sourcesOf } from './facts.ts';

/** What is known of the old model, of the new one's base, and of the data. */
export interface Facts {
  request: MigrationRequest;
  from: MigrationPlan['from'];
  platform: string;
  /** Methods by which the platform's adapter trains. */
  methods: readonly string[];
  /** The catalogue's word on either model; undefined when it knows nothing. */
  old: ModelEntry | undefined;
  base: ModelEntry | undefined;
  heritage: Heritage;
  /** Of the training data, by the limits of the new base; absent where there are none. */
  train?: Inspection;
  heldOut?: Inspection;
  /** YYYY-MM-DD. */
  today: string;
}

const million = 1_000_000;
/** Share of answers that change between two models which are equally good: of what has been seen, a usual one. */
const usuallyChanged = 0.1;
/** A run evaluates three models: base, old, new. */
const modelsAsked = 3;
const leastBudgetUsd = 1;
/** Letters of a run's name. */
const longestName = 40;

/** What carrying a model over comes to. Everything that stands in its way is told at once, before any money is spent. */
export function planOf(facts: Facts): MigrationPlan {
  const { request, from, platform, base, old, heritage, train, heldOut, today } = facts;
  const obstacles = obstaclesOf(facts);
  const estimateUsd = costOf(facts);
  const days = {
    ...(from.shutdownDate ? { old: daysUntil(from.shutdownDate, today) } : {}),
    ...(base?.lastJobDate ? { lastJob: daysUntil(base.lastJobDate, today) } : {}),
  };
  return {
    model: request.model,
    from,
    to: {
      connection: request.connection,
      platform,
      baseModel: request.baseModel,
      ...(base?.shutdownDate ? { shutdownDate: base.shutdownDate } : {}),
      ...(base?.lastJobDate ? { lastJobDate: base.lastJobDate } : {}),
    },
    method: heritage.method,
    ...(obstacles.length === 0 ? { config: configOf(facts, estimateUsd) } : {}),
    obstacles,
    notes: notesOf(facts),
    ...(train ? { train: { examples: train.examples, tokens: train.tokens } } : {}),
    ...(heldOut ? { heldOut: heldOutOf(facts, heldOut.examples) } : {}),
    prices: {
      ...(old?.prices ? { old: priceOf(old.prices) } : {}),
      ...(base?.prices ? { new: priceOf(base.prices) } : {}),
    },
    ...(estimateUsd === undefined ? {} : { estimateUsd }),
    days,
  };
}

function obstaclesOf({ request, from, methods, base, heritage, train, today }: Facts): Obstacle[] {
  const { method } = heritage;
  const obstacles: Obstacle[] = [];
  const add = (code: string, message: string, advice: string) => obstacles.push({ code, message, advice });
  if (from.connection === request.connection && from.baseModel === request.baseModel) {
    add('same', 'The model is tuned from that base at that connection already.', 'Name another with --to.');
  }
  if (sourcesOf(heritage) === undefined) {
    add(
      'data_gone',
      ['Its training data are gone.', ...heritage.gone].join(' '),
      'Give data of your own with --train FILE, such as questions with answers that the old model gave.',
    );
  }
  const trains = methods.includes(method) && (base === undefined || base.methods.includes(method));
  if (!trains) {
    add(
      'method',
      `${request.baseModel} at ${request.connection} is not trained by the method "${method}".`,
      'Choose another base with --to; `tunewright models expiring` lists some.',
    );
  }
  if (!base?.prices) {
    add(
      'unpriced',
      `The catalogue knows no prices of ${request.baseModel}, so no budget could be kept.`,
      'Add the model with its prices to the catalogue of the connection.',
    );
  }
  if (base?.lastJobDate && base.lastJobDate <= today) {
    add(
      'dead_end',
      `No job for ${request.baseModel} can be created since ${base.lastJobDate}.`,
      'Choose another base with --to.',
    );
  }
  if (base?.shutdownDate && from.shutdownDate && base.shutdownDate <= from.shutdownDate) {
    add(
      'dead_end',
      `${request.baseModel} is shut down on ${base.shutdownDate}, no later than the old model.`,
      'Choose a base that lives longer with --to.',
    );
  }
  if (train && train.errors > 0) {
    const [first] = train.problems.filter(({ severity }) => severity === 'error');
    add(
      'data',
      `The training data have ${train.errors} errors for this platform; the first: ${first?.message ?? ''}`,
      'Mend the data and name them with --train FILE.',
    );
  }
  return obstacles;
}

function notesOf({ request, from, old, base, heritage, train, heldOut, today }: Facts): string[] {
  const notes = [...(sourcesOf(heritage) === undefined ? [] : heritage.gone)];
  if (from.connection !== request.connection && typeof heritage.hyperparameters.learningRateMultiplier === 'number') {
    notes.push(
      `The learning-rate multiplier ${heritage.hyperparameters.learningRateMultiplier} is relative to its platform's own rate and has no counterpart: the new platform chooses.`,
    );
  }
  if (old && base && old.encoding !== base.encoding) {
    notes.push(
      `Tokens are cut differently (${base.encoding} in place of ${old.encoding}): counts and costs are those of the new base.`,
    );
  }
  const cut = train?.problems.find(({ code }) => code === 'example_too_long');
  if (cut && base) notes.push(`The new base trains on ${base.trainingContextTokens} tokens. ${cut.message}`);
  if (heritage.seen) {
    notes.push(
      'The held-out examples were part of what the old model learnt: they flatter it, and the new one, which does not learn them, is judged by them. Give others with --held-out where you have some.',
    );
  }
  if (heritage.train && !heritage.heldOut)
    notes.push('A share of the training data is held out; the old model has learnt it.');
  if (heldOut) {
    const { smallestMargin: smallest, neededForMargin } = heldOutOf({ request, heritage }, heldOut.examples);
    if (smallest > request.margin) {
      notes.push(
        `${heldOut.examples} held-out examples show a margin of ${points(smallest)} where one answer in ten changes; for ${points(request.margin)} about ${neededForMargin} are needed. A new model that is as good may not be shown to be.`,
      );
    }
  }
  if (from.shutdownDate && from.shutdownDate <= today && !heritage.recorded) {
    notes.push(
      'The old model is dead and none of its answers are recorded: the new one is compared with its base alone.',
    );
  }
  return notes;
}

function heldOutOf({ request, heritage }: Pick<Facts, 'request' | 'heritage'>, examples: number) {
  return {
    examples,
    seen: heritage.seen,
    recorded: heritage.recorded,
    smallestMargin: smallestMargin(examples, usuallyChanged),
    neededForMargin: examplesForMargin(request.margin, usuallyChanged),
  };
}

/** What the run is estimated to cost, US dollars; undefined where no price or no data are known. */
function costOf({ base, heritage, train, heldOut }: Facts): number | undefined {
  if (!base?.prices || !train) return undefined;
  const { training, input, output } = base.prices;
  const epochs = heritage.hyperparameters.epochs ?? 'auto';
  const trained = estimateTrainingTokens({ tokens: train.tokens, examples: train.examples, epochs });
  const asked = heldOut ? (heldOut.tokens * input + heldOut.answerTokens * output) * modelsAsked : 0;
  return (trained * training + asked) / million;
}

/** Throws `invalid_config` for changes that are not valid. */
function configOf({ request, heritage, from }: Facts, estimateUsd: number | undefined): RunConfig {
  const { method, hyperparameters, seed, suffix, run } = heritage;
  const elsewhere = from.connection !== request.connection;
  const { learningRateMultiplier, ...others } = hyperparameters;
  const changes = request.changes ?? {};
  return parseRunConfig({
    name: `migrate-${request.model}`.slice(0, longestName),
    connection: request.connection,
    model: request.baseModel,
    method,
    data: sourcesOf(heritage) as RunConfigInput['data'],
    ...(run ? { split: run.split, evaluation: run.evaluation } : {}),
    hyperparameters: {
      ...others,
      ...(elsewhere || learningRateMultiplier === undefined ? {} : { learningRateMultiplier }),
    },
    ...(seed === undefined ? {} : { seed }),
    ...(suffix === undefined ? {} : { suffix }),
    budgetUsd: request.budgetUsd ?? Math.max(leastBudgetUsd, Math.ceil((estimateUsd ?? 0) * 2)),
    register: request.model,
    ...changes,
    gate: { ...changes.gate, margins: { ...changes.gate?.margins, champion: -request.margin } },
  } satisfies RunConfigInput);
}

function priceOf({ training, input, output }: Price): Price {
  return { training, input, output };
}

function points(share: number): string {
  return `${(share * 100).toFixed(1)} points`;
}
