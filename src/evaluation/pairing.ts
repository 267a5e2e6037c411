import type { Estimate } from '../contract/evaluation.ts';
import type { Prediction } from './prediction.ts';
import { bootstrapDifference, mcnemarTest } from './statistics.ts';

/** What the pairs of answers of two models show. */
export interface PairResult {
  difference: Estimate;
  fixed: number;
  broken: number;
  pValue: number;
}

/** Counts pairs of answers to the same examples. */
export interface Pairing {
  add(before: Prediction, after: Prediction): void;
  result(seed: number, confidence: number): PairResult;
}

export function createPairing(): Pairing {
  let examples = 0;
  let fixed = 0;
  let broken = 0;
  return {
    add(before, after) {
      examples += 1;
      if (after.passed && !before.passed) fixed += 1;
      if (before.passed && !after.passed) broken += 1;
    },
    result(seed, confidence) {
      const difference = bootstrapDifference({ examples, fixed, broken }, seed, confidence);
      return { difference, fixed, broken, pValue: mcnemarTest({ fixed, broken }) };
    },
  };
}
