import type { ArtifactRef } from './artifact.ts';

/** A share with its 95% confidence interval; all three in [0, 1] for accuracies, [-1, 1] for differences. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** One model's answers on the held-out examples, graded. */
export interface ModelEvaluation {
  model: string;
  /** Held-out examples asked. */
  examples: number;
  passed: number;
  /** Examples that got no answer (refused by the platform, or its reply could not be read); they count as not passed. */
  errors: number;
  /** Wilson interval of passed / examples. */
  score: Estimate;
  inputTokens: number;
  outputTokens: number;
  /** JSON lines, one `Prediction` an example, in the order of the held-out file. */
  predictions: ArtifactRef;
}

/** The comparison of two models on the same examples. */
export interface Comparison {
  base: ModelEvaluation;
  tuned: ModelEvaluation;
  /** tuned - base, with a paired bootstrap interval. */
  difference: Estimate;
  /** Examples the base got wrong and the tuned model right, and the reverse. */
  fixed: number;
  broken: number;
  /** Two-sided exact McNemar test on `fixed` against `broken`. */
  pValue: number;
}
