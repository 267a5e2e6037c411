import type { Rival } from '../contract/verdict.ts';
import { createPairs } from './pairs.ts';
import { type Prediction, scoreOf } from './prediction.ts';
import { bootstrapMean, mcnemarTest, type PairedCounts, pairedInterval, permutationTest } from './statistics.ts';

/** What the pairs of answers of two models show; `scores` are of those that are not just 0 and 1. */
export type PairResult = Omit<Rival, 'role' | 'evaluation' | 'adjustedPValue'>;

/** Counts pairs of answers to the same examples. */
export interface Pairing {
  add(before: Prediction, after: Prediction): void;
  /** Pairs of which both have a grade. */
  readonly graded: number;
  result(seed: number, confidence: number): PairResult;
}

export function createPairing(): Pairing {
  const differences: number[] = [];
  const pairs = createPairs();
  let ungraded = 0;
  let partial = false;
  return {
    add(before, after) {
      pairs.add(before, after);
      const [one, other] = [scoreOf(before), scoreOf(after)];
      if (one === undefined || other === undefined) {
        ungraded += 1;
        return;
      }
      differences.push(other - one);
      partial ||= [one, other].some((score) => score !== 0 && score !== 1);
    },
    get graded() {
      return pairs.graded.examples;
    },
    result(seed, confidence) {
      const { graded, atWorst } = pairs;
      const { fixed, broken } = graded;
      const shownBy = (counts: PairedCounts) => ({
        difference: pairedInterval(counts, confidence),
        pValue: mcnemarTest(counts),
      });
      return {
        ...shownBy(graded),
        fixed,
        broken,
        ...(atWorst ? { atWorst: shownBy(atWorst) } : {}),
        ...(ungraded > 0 ? { ungraded } : {}),
        ...(partial ? { scores: ofScores(Float64Array.from(differences), seed, confidence) } : {}),
      };
    },
  };
}

function ofScores(differences: Float64Array, seed: number, confidence: number): PairResult['scores'] {
  return { difference: bootstrapMean(differences, seed, confidence), pValue: permutationTest(differences, seed) };
}
