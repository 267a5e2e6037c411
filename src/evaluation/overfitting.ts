import type { TrainingMetrics } from '../contract/run.ts';

/** A model as it was at one step of its training. */
export interface Candidate {
  model: string;
  step: number;
  validLoss?: number;
}

export interface Overfitting {
  /** The one that is kept among equals first; alone where nothing else is worth asking. */
  candidates: Candidate[];
  /** What was seen, as a sentence. */
  why: string;
}

/** A checkpoint as platforms list it. */
interface Kept {
  model: string;
  step: number;
  metrics: TrainingMetrics;
}

/** A rise by less is noise. */
const rise = 0.02;
const checkpointsTried = 2;
/** Of all steps. */
const stretchShare = 0.1;
/** Validation losses in a row that have to be above a checkpoint's before a job is stopped. */
const patience = 3;

/**
 * Whether training went on for too long: the validation loss has turned, by more than 2%, while the training loss went on
 * falling. Then earlier checkpoints are worth evaluating.
 *
 * @param last the job's own model
 */
export function findOverfitting(
  last: string,
  curve: readonly TrainingMetrics[],
  checkpoints: readonly Kept[],
): Overfitting {
  const end = lossesAt(curve, Number.POSITIVE_INFINITY);
  const alone = {
    model: last,
    step: curve.at(-1)?.step ?? 0,
    ...(end.valid === undefined ? {} : { validLoss: end.valid }),
  };
  const nothing = (why: string): Overfitting => ({ candidates: [alone], why });
  if (end.valid === undefined || end.train === undefined) return nothing('The platform tells no validation loss.');

  const earlier = measured(curve, checkpoints)
    .filter(({ model, step }) => model !== last && step < alone.step)
    .filter(({ valid, train }) => (end.valid as number) > valid * (1 + rise) && (end.train as number) < train);
  const [best] = earlier;
  if (!best) return nothing('The validation loss did not turn while the training loss fell.');
  const tried = earlier.slice(0, checkpointsTried);
  return {
    candidates: [alone, ...tried.map(({ model, step, valid }) => ({ model, step, validLoss: valid }))],
    why:
      `The validation loss was ${best.valid.toFixed(4)} at step ${best.step} and ${end.valid.toFixed(4)} at the end, while ` +
      'the training loss fell: so checkpoints were asked the validation examples, and the one with most right answers is the result.',
  };
}

/**
 * Why a job that still trains is not worth its end: since a checkpoint the validation loss has been more than 2% above that
 * checkpoint's, three times in a row and for a tenth of all steps, while the training loss fell. Undefined where it is.
 */
export function findTurn(curve: readonly TrainingMetrics[], checkpoints: readonly Kept[]): string | undefined {
  const now = curve.at(-1);
  const [best] = measured(curve, checkpoints);
  const { train } = lossesAt(curve, Number.POSITIVE_INFINITY);
  if (!best || !now?.totalSteps || train === undefined || train >= best.train) return undefined;
  const since = curve.flatMap(({ step, validLoss }) =>
    step > best.step && validLoss !== undefined ? [{ step, valid: validLoss }] : [],
  );
  const above = since.slice(since.findLastIndex(({ valid }) => valid <= best.valid * (1 + rise)) + 1);
  const [first, last] = [above[0], above.at(-1)];
  if (!first || !last || above.length < patience || now.step - first.step < now.totalSteps * stretchShare)
    return undefined;
  return (
    `The validation loss was ${best.valid.toFixed(4)} at the checkpoint of step ${best.step} and has been more than 2% above it ` +
    `since step ${first.step}, while the training loss fell: it is ${last.valid.toFixed(4)} at step ${now.step} ` +
    `of ${now.totalSteps}.`
  );
}

/** Which checkpoints of a job that was stopped are worth asking: those with the lowest validation loss, that one first. */
export function bestOfStopped(curve: readonly TrainingMetrics[], checkpoints: readonly Kept[]): Overfitting {
  const tried = measured(curve, checkpoints).slice(0, checkpointsTried);
  const [best] = tried;
  return {
    candidates: tried.map(({ model, step, valid }) => ({ model, step, validLoss: valid })),
    why:
      best && tried.length === 1
        ? `The checkpoint of step ${best.step} is the result.`
        : 'Checkpoints were asked the validation examples, and the one with most right answers is the result.',
  };
}

/** Checkpoints of which both losses are known, by the validation loss. */
function measured(curve: readonly TrainingMetrics[], checkpoints: readonly Kept[]) {
  return checkpoints
    .map(({ model, step, metrics }) => {
      const then = lossesAt(curve, step);
      return { model, step, valid: metrics.validLoss ?? then.valid, train: then.train };
    })
    .flatMap(({ valid, train, ...checkpoint }) =>
      valid === undefined || train === undefined ? [] : [{ ...checkpoint, valid, train }],
    )
    .sort((one, other) => one.valid - other.valid);
}

/** The last validation loss told by then, and the mean training loss of the last stretch: batch by batch it is noise. */
function lossesAt(curve: readonly TrainingMetrics[], step: number): { valid?: number; train?: number } {
  const end = Math.min(step, curve.at(-1)?.step ?? 0);
  const before = curve.filter((point) => point.step <= end);
  const valid = before.findLast(({ validLoss }) => validLoss !== undefined)?.validLoss;
  const stretch = (curve.at(-1)?.step ?? 0) * stretchShare;
  const losses = before.flatMap(({ step: at, trainLoss }) =>
    trainLoss === undefined || at <= end - stretch ? [] : [trainLoss],
  );
  const train = losses.length === 0 ? undefined : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return { ...(valid === undefined ? {} : { valid }), ...(train === undefined ? {} : { train }) };
}
