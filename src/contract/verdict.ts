import type { Estimate, ModelEvaluation } from './evaluation.ts';

/** What a tuned model is compared with, on the same held-out examples. */
export const rivals = ['base', 'prompted', 'champion'] as const;
/**
 * `base`: the model it was tuned from, asked as the data ask. `prompted`: the same, shown examples of the training data
 * in its prompt. `champion`: the version in service.
 */
export type RivalRole = (typeof rivals)[number];

/** The tuned model against one other: positive differences are in favour of the tuned model. */
export interface Rival {
  role: RivalRole;
  evaluation: ModelEvaluation;
  /** tuned - other, with an interval of the gate's confidence. */
  difference: Estimate;
  /** Examples that the other got wrong and the tuned model right, and the reverse. */
  fixed: number;
  broken: number;
  /** Two-sided, of the hypothesis that neither is better. */
  pValue: number;
  /** The same after Holm's correction for the number of rivals. */
  adjustedPValue: number;
  /** Examples left out because the answer of one of the two could not be graded. 0 when absent. */
  ungraded?: number;
  /**
   * The same where each example that only one of the two has an answer and a grade for is held against the tuned model: what
   * the gate goes by. Absent when that changes nothing.
   */
  atWorst?: { difference: Estimate; pValue: number };
  /** Where scores are not just 0 and 1: the mean difference of scores, in the grader's range, and its own test. */
  scores?: { difference: Estimate; pValue: number };
}

/** One part of the held-out examples: those with the same value in a field. */
export interface Slice {
  value: string;
  /** All of them, also those without a grade. */
  examples: number;
  /** Share passed by the tuned model and by each rival, of the answers that have a grade. */
  tuned: Estimate;
  rivals: Partial<Record<RivalRole, Estimate>>;
  /** tuned - what the gate compares with, the champion where there is one and else the base model. */
  difference: Estimate;
  /** As of a {@link Rival}. */
  atWorst?: Estimate;
}

export interface SlicedBy {
  /** `reference`, or a field of the data set's lines. */
  field: string;
  /** The largest first; at most 100. */
  slices: Slice[];
}

/** What the model answered where another label was right. */
export interface Confusion {
  reference: string;
  answer: string;
  count: number;
}

/** Different right answers of held-out examples that are counted at most. */
export const answersCounted = 100;

/** One rule of the gate, and how the tuned model stands to it. */
export interface GateCheck {
  /** Stable: `examples`, `answers`, `graded`, `unseen`, `minimum_score`, `base`, `prompted`, `champion`, `slice`, `cost`, `latency`, `life`. */
  rule: string;
  passed: boolean;
  /** What was asked and what was found, as a sentence. */
  says: string;
}

/**
 * `promote`: all rules hold. `keep`: not; what is in service stays. `prompt`: not, and the base model with examples in
 * its prompt does as well: there is no need to tune.
 */
export type Decision = 'promote' | 'keep' | 'prompt';

/** What the gate says of a tuned model. It fails closed: a figure that is missing passes no rule. */
export interface Verdict {
  decision: Decision;
  /** The decision and its main reason, in one or two sentences of plain text. */
  says: string;
  checks: GateCheck[];
  /** Held-out examples that would show the difference asked for in 8 of 10 runs; absent when it cannot be told. */
  examplesNeeded?: number;
}
