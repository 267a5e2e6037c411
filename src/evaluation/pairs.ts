import type { Prediction } from './prediction.ts';
import type { PairedCounts } from './statistics.ts';

/** Counts how two models did on the same examples. */
export interface Pairs {
  add(before: Prediction, after: Prediction): void;
  /** Pairs of which both have a grade; no answer counts as wrong. */
  readonly graded: PairedCounts;
  /**
   * All pairs, where an example that only one of the two has an answer and a grade for is held against the second: what the
   * first lacks would have been right, what the second lacks is wrong. Undefined when that is the same.
   */
  readonly atWorst: PairedCounts | undefined;
}

export function createPairs(): Pairs {
  const graded = { examples: 0, fixed: 0, broken: 0 };
  const worst = { examples: 0, fixed: 0, broken: 0 };
  return {
    add(before, after) {
      if (!before.grading && !after.grading) count(graded, before.passed, after.passed);
      const [known, knownToo] = [before, after].map(({ error, grading }) => !error && !grading);
      // Of an example that nothing is known of by either, neither can have done better.
      if (!known && !knownToo) worst.examples += 1;
      else count(worst, known ? before.passed : true, knownToo ? after.passed : false);
    },
    graded,
    get atWorst() {
      const same = (['examples', 'fixed', 'broken'] as const).every((one) => worst[one] === graded[one]);
      return same ? undefined : worst;
    },
  };
}

function count(counts: PairedCounts, before: boolean, after: boolean): void {
  counts.examples += 1;
  if (after && !before) counts.fixed += 1;
  if (before && !after) counts.broken += 1;
}
