import type { Tally } from '../../contract/registry.ts';

/** The chance that a candidate as good as its champion is ever ended by its feedback. */
const alpha = 0.05;
/** The candidate is looked at when it has had so much feedback, and each time that has grown by half. */
const firstLook = 10;
const growth = 1.5;

/** What a look has found. */
export interface Look {
  /** How likely results as bad as the candidate's are if both are equally good. */
  p: number;
  /** What p has to be below at this look. */
  bound: number;
}

/**
 * Looks whether the candidate is worse, if its feedback has just reached the size of a look; undefined otherwise.
 *
 * Looking again and again would end good candidates in the long run, so that the k-th look has but alpha / (k (k + 1))
 * of the error to spend: over all looks that adds up to alpha, however long the canary runs.
 */
export function look(candidate: Tally, champion: Tally): Look | undefined {
  const number = lookNumber(candidate.passed + candidate.failed);
  if (number === undefined) return undefined;
  return { p: fisherLess(candidate, champion), bound: alpha / (number * (number + 1)) };
}

function lookNumber(feedback: number): number | undefined {
  let size = firstLook;
  for (let number = 1; size <= feedback; number++) {
    if (size === feedback) return number;
    size = Math.ceil(size * growth);
  }
  return undefined;
}

/**
 * Fisher's exact test, one-sided: how likely the candidate passes so few or fewer, given how many pass in all. The
 * hypergeometric weights are built from the most likely count outwards, so that none overflows.
 */
export function fisherLess(candidate: Tally, champion: Tally): number {
  const drawn = candidate.passed + candidate.failed;
  const passed = candidate.passed + champion.passed;
  const failed = candidate.failed + champion.failed;
  const least = Math.max(0, drawn - failed);
  const most = Math.min(passed, drawn);
  const mode = Math.min(most, Math.max(least, Math.floor(((drawn + 1) * (passed + 1)) / (passed + failed + 2))));
  const ratio = (count: number) => ((passed - count) * (drawn - count)) / ((count + 1) * (failed - drawn + count + 1));

  let all = 1;
  let few = mode <= candidate.passed ? 1 : 0;
  for (let count = mode, weight = 1; count < most; count++) {
    weight *= ratio(count);
    all += weight;
    if (count + 1 <= candidate.passed) few += weight;
  }
  for (let count = mode, weight = 1; count > least; count--) {
    weight /= ratio(count - 1);
    all += weight;
    if (count - 1 <= candidate.passed) few += weight;
  }
  return few / all;
}
