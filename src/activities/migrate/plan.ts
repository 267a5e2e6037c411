import type { RunConfig } from '../../contract/config.ts';
import type { DistilPlan, ReferencePlan } from '../../contract/distillation.ts';
import type { LeadTime } from '../../contract/lifetimes.ts';
import type { MigrationPlan, MigrationRequest, Obstacle, Price } from '../../contract/migration.ts';
import type { Inspection } from '../../datasets/index.ts';
import { estimateTrainingTokens } from '../../datasets/index.ts';
import { examplesForMargin, smallestMargin } from '../../evaluation/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { configOf } from './config.ts';
import type { Heritage } from './facts.ts';
import { notesOf } from './notes.ts';
import { obstaclesOf } from './obstacles.ts';
import { timeOf } from './time.ts';

/** What is known of the old model, of the new one's base, and of the data. */
export interface Facts {
  request: MigrationRequest;
  from: MigrationPlan['from'];
  platform: string;
  /** Methods by which the platform's adapter trains. */
  methods: readonly string[];
  /** Fewer are not trained on. */
  minimumExamples: number;
  /** The catalogue's word on either model; undefined when it knows nothing. */
  old: ModelEntry | undefined;
  base: ModelEntry | undefined;
  heritage: Heritage;
  /** Of the training data, by the limits of the new base; absent where there are none. */
  train?: Inspection;
  heldOut?: Inspection;
  /** What the old model is asked, where it is to answer. */
  distil?: DistilPlan;
  /** What it is asked for the comparison, where that is not recorded; or why it cannot be, as a sentence. */
  reference?: ReferencePlan | string;
  /** The new platform answers under deployments alone, and nothing says that this model's versions are to stand under one. */
  unserved: boolean;
  /** Base models at the new connection that the catalogue knows. */
  bases: readonly string[];
  /** What was found to be in the way while these were gathered. */
  found: readonly Obstacle[];
  /** How long the steps of a migration take. */
  lead: LeadTime;
  /** YYYY-MM-DD. */
  today: string;
}

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
    tokens: (train?.tokens ?? 0) + (distil?.added.tokens ?? 0),
    examples: (train?.examples ?? 0) + (distil?.added.examples ?? 0),
  };
  const trained = estimateTrainingTokens({ ...learnt, epochs });
  const asked = heldOut ? (heldOut.tokens * input + heldOut.answerTokens * output) * modelsAsked : 0;
  return (trained * training + asked) / million;
}

function priceOf({ training, input, output }: Price): Price {
  return { training, input, output };
}
