import { TunewrightError } from '../contract/errors.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import { total } from './grading.ts';
import { type Prediction, scoreOf } from './prediction.ts';

/** What the grading of one model's answers came to. */
export interface GradeTally {
  add(prediction: Prediction): void;
  /** Examples that have a score. Throws `evaluation_incomplete` when none has. */
  graded(model: string): number;
  counts(): Pick<ModelEvaluation, 'ungraded' | 'ungradedBy' | 'meanScore' | 'judge'>;
}

export function createGradeTally(): GradeTally {
  const ungradedBy: Record<string, number> = {};
  let first: Prediction['grading'];
  let ungraded = 0;
  let graded = 0;
  let sum = 0;
  let partial = false;
  let judge: ModelEvaluation['judge'];

  return {
    add(prediction) {
      const { grading, judge: use } = prediction;
      const score = scoreOf(prediction);
      if (use) judge = judge ? total([judge, use]) : use;
      if (prediction.repeats !== undefined) return;
      if (grading) {
        ungraded += 1;
        ungradedBy[grading.code] = (ungradedBy[grading.code] ?? 0) + 1;
        first ??= grading;
      } else if (score !== undefined) {
        graded += 1;
        sum += score;
        partial ||= score !== 0 && score !== 1;
      }
    },
    graded(model) {
      if (graded > 0 || !first) return graded;
      throw new TunewrightError(
        'evaluation_incomplete',
        `No answer of ${model} could be graded; the first failed with ${first.code}: ${first.message}`,
        { advice: 'Mend evaluation.grader, or what that error names, and start the run again.' },
      );
    },
    counts: () => ({
      ...(ungraded > 0 ? { ungraded, ungradedBy } : {}),
      ...(partial ? { meanScore: sum / graded } : {}),
      ...(judge ? { judge } : {}),
    }),
  };
}
