import type { RunConfig } from '../../contract/config.ts';
import type { MigrationPlan, Price } from '../../contract/migration.ts';
import { estimateTrainingTokens, trainedOf } from '../../datasets/index.ts';
import { examplesForMargin, smallestMargin } from '../../evaluation/index.ts';
import { configOf } from './config.ts';
import type { Facts } from './facts.ts';
import { notesOf } from './notes.ts';
import { obstaclesOf } from './obstacles.ts';
import { timeOf } from './time.ts';

const million = 1_000_000;
/** Share of answers that change between two models which are equally good: of what has been seen, a usual one. */
const usuallyChanged = 0.1;
/** A run evaluates three models: base, old, new. */
const modelsAsked = 3;

/** What carrying a model over comes to. Everything that stands in its way is told at once, before any money is spent. */
export function planOf(facts: Facts): MigrationPlan {
  const { request, from, platform, base, old, heritage, train, distil, reference } = facts;
  const obstacles = obstaclesOf(facts);
  const estimateUsd = costOf(facts);
  const heldOut = heldOutOf(facts);
  const { time, days } = timeOf(facts);
  const config: RunConfig | undefined = obstacles.length === 0 ? configOf(facts, estimateUsd) : undefined;
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
    ...(config ? { config } : {}),
    obstacles,
    notes: notesOf(facts, heldOut, days),
    ...(train ? { train: { examples: train.examples, tokens: train.tokens } } : {}),
    ...(heldOut ? { heldOut } : {}),
    ...(typeof reference === 'object' ? { reference } : {}),
    ...(distil ? { distil } : {}),
    prices: {
      ...(old?.prices ? { old: priceOf(old.prices) } : {}),
      ...(base?.prices ? { new: priceOf(base.prices) } : {}),
    },
    ...(estimateUsd === undefined ? {} : { estimateUsd }),
    time,
    days,
  };
}

function heldOutOf({ request, heritage, heldOut }: Facts): MigrationPlan['heldOut'] {
  if (!heldOut) return undefined;
  const { examples } = heldOut;
  return {
    examples,
    seen: heritage.seen,
    recorded: heritage.recorded,
    smallestMargin: smallestMargin(examples, usuallyChanged),
    neededForMargin: examplesForMargin(request.margin, usuallyChanged),
  };
}

/** What the run is estimated to cost, US dollars; undefined where no price or no data are known. */
function costOf({ request, base, heritage, train, heldOut, distil }: Facts): number | undefined {
  if (!base?.prices || !(train || distil)) return undefined;
  const { training, input, output } = base.prices;
  const epochs = request.changes?.hyperparameters?.epochs ?? heritage.hyperparameters.epochs ?? 'auto';
  const learnt = {
    tokens: (train ? trainedOf(train, base.trainingContextTokens) : 0) + (distil?.added.tokens ?? 0),
    examples: (train?.examples ?? 0) + (distil?.added.examples ?? 0),
  };
  const trained = estimateTrainingTokens({ ...learnt, epochs });
  const asked = heldOut ? (heldOut.tokens * input + heldOut.answerTokens * output) * modelsAsked : 0;
  return (trained * training + asked) / million;
}

function priceOf({ training, input, output }: Price): Price {
  return { training, input, output };
}
