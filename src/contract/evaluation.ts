import type { ArtifactRef } from './artifact.ts';

/**
 * A share with its confidence interval; all three in [0, 1] for accuracies, [-1, 1] for differences. The confidence is 95%, of
 * what a gate judges the gate's own.
 */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** One model's answers on the held-out examples, graded. */
export interface ModelEvaluation {
  model: string;
  /** Held-out examples asked, each counted once. */
  examples: number;
  /** Examples asked beside them that ask and answer what one before them does; they count nowhere. 0 when absent. */
  repeated?: number;
  passed: number;
  /** Examples that got no answer (refused by the platform, or its reply could not be read); they count as not passed. */
  errors: number;
  /** Examples whose answer could not be graded; they count neither as passed nor as not. 0 when absent. */
  ungraded?: number;
  /** How many of them for which reason, by error code. */
  ungradedBy?: Record<string, number>;
  /** Wilson interval of passed / (examples - ungraded). */
  score: Estimate;
  /** Of the graded examples, in the grader's range; absent where scores are only 0 and 1. */
  meanScore?: number;
  inputTokens: number;
  outputTokens: number;
  /** What of them an earlier evaluation has asked, and paid; absent when nothing. */
  cached?: { examples: number; inputTokens: number; outputTokens: number };
  /** What of them was asked by batch, which costs less; absent when nothing. */
  batched?: { examples: number; inputTokens: number; outputTokens: number };
  /** Milliseconds within which half of the answers came; absent where fewer than half were timed. */
  medianLatencyMs?: number;
  /** What the judge models of the grader have used; US dollars where prices are known. */
  judge?: { inputTokens: number; outputTokens: number; usd?: number };
  /** JSON lines, one `Prediction` an example, in the order of the held-out file. */
  predictions: ArtifactRef;
}

/** One model of an evaluation that is through, or was stopped by batch. */
export interface Evaluated {
  /** Under which the evaluation was begun. */
  role: string;
  /** What asking it has cost, the judges of its answers included: US dollars. */
  usd: number;
}

/** The comparison of two models on the same examples. */
export interface Comparison {
  base: ModelEvaluation;
  tuned: ModelEvaluation;
  /** Examples left out because the answer of one of the two could not be graded. 0 when absent. */
  ungraded?: number;
  /** tuned - base, with a score interval for paired shares. */
  difference: Estimate;
  /** Of that interval; 0.95 when absent. */
  confidence?: number;
  /** Examples the base got wrong and the tuned model right, and the reverse. */
  fixed: number;
  broken: number;
  /** Two-sided exact McNemar test on `fixed` against `broken`. */
  pValue: number;
  /** As of a `Rival`. */
  atWorst?: { difference: Estimate; pValue: number };
  /** Where scores are not just 0 and 1: the mean difference of scores, in the grader's range, and its own test. */
  scores?: { difference: Estimate; pValue: number };
}
