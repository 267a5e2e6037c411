import type { TrainingMetrics } from '../contract/run.ts';

/** A model as it was at one step of its training. */
export interface Candidate {
  model: string;
  step: number;
  validLoss?: number;
}

export interface Overfitting {
  /** The last model first, then the checkpoints with the lowest validation loss; the last model alone where nothing turned. */
  candidates: Candidate[];
  /** What was seen, as a sentence. */
  why: string;
}

/** A rise by less is noise. */
const rise = 0.02;
const checkpointsTried = 2;
/** Of all steps. */
const stretchShare = 0.1;

/**
 * Whether training went on for too long: the validation loss has turned, by more than 2%, while the training loss went on
 * falling. Then earlier checkpoints are worth evaluating.
 *
 * @param last the job's own model
 */
export function findOverfitting(
  last: string,
  curve: readonly TrainingMetrics[],
  checkpoints: readonly { model: string; step: number; metrics: TrainingMetrics }[],
): Overfitting {
  const end = lossesAt(curve, Number.POSITIVE_INFINITY);
  const alone = {
    model: last,
    step: curve.at(-1)?.step ?? 0,
    ...(end.valid === undefined ? {} : { validLoss: end.valid }),
  };
  const nothing = (why: string): Overfitting => ({ candidates: [alone], why });
  if (end.valid === undefined || end.train === undefined) return nothing('The platform tells no validation loss.');

  const earlier = checkpoints
    .filter(({ model, step }) => model !== last && step < alone.step)
    .map(({ model, step, metrics }) => {
      const then = lossesAt(curve, step);
      return { model, step, valid: metrics.validLoss ?? then.valid, train: then.train };
    })
    .flatMap(({ valid, train, ...checkpoint }) =>
      valid === undefined || train === undefined ? [] : [{ ...checkpoint, valid, train }],
    )
    .filter(({ valid, train }) => (end.valid as number) > valid * (1 + rise) && (end.train as number) < train)
    .sort((one, other) => one.valid - other.valid);
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
