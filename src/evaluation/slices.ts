import type { Estimate } from '../contract/evaluation.ts';
import type { RivalRole, Slice, SlicedBy } from '../contract/verdict.ts';
import { createPairs, type Pairs } from './pairs.ts';
import type { Prediction } from './prediction.ts';
import { pairedInterval, wilsonInterval } from './statistics.ts';

/** Right answers among those that have a grade. */
interface Tally {
  graded: number;
  passed: number;
}

interface Counts {
  examples: number;
  tuned: Tally;
  rivals: Map<RivalRole, Tally>;
  pairs: Pairs;
}

/** Counts by the values of one field, holding no more than 100 of them. */
export interface Slicer {
  /** How each model did on one example. */
  add(value: string, tuned: Prediction, rivals: ReadonlyMap<RivalRole, Prediction>): void;
  /** Undefined when the field tells nothing of parts of the examples: over 100 values, or none that occurs twice. */
  sliced(field: string): SlicedBy | undefined;
}

const valuesAtMost = 100;
/** Why a field has no slices, behind its name. */
export const tellsNothing = `it has over ${valuesAtMost} values, or none that occurs twice`;

/** @param against what `difference` of a slice is taken to */
export function createSlicer(against: RivalRole): Slicer {
  const byValue = new Map<string, Counts>();
  let examples = 0;
  let tooMany = false;

  function countsOf(value: string): Counts | undefined {
    const known = byValue.get(value);
    if (known) return known;
    if (byValue.size === valuesAtMost) {
      tooMany = true;
      return undefined;
    }
    const fresh: Counts = { examples: 0, tuned: { graded: 0, passed: 0 }, rivals: new Map(), pairs: createPairs() };
    byValue.set(value, fresh);
    return fresh;
  }

  return {
    add(value, tuned, rivals) {
      examples += 1;
      const counts = countsOf(value);
      if (!counts) return;
      counts.examples += 1;
      count(counts.tuned, tuned);
      for (const [role, answer] of rivals) {
        const tally = counts.rivals.get(role) ?? { graded: 0, passed: 0 };
        counts.rivals.set(role, tally);
        count(tally, answer);
      }
      const other = rivals.get(against);
      if (other) counts.pairs.add(other, tuned);
    },
    sliced(field) {
      if (tooMany || byValue.size === examples) return undefined;
      const slices = [...byValue].map(([value, counts]) => slice(value, counts));
      slices.sort((a, b) => b.examples - a.examples || (a.value < b.value ? -1 : 1));
      return { field, slices };
    },
  };
}

function count(tally: Tally, { grading, passed }: Prediction): void {
  if (grading) return;
  tally.graded += 1;
  if (passed) tally.passed += 1;
}

function slice(value: string, { examples, tuned, rivals, pairs }: Counts): Slice {
  const { graded, atWorst } = pairs;
  return {
    value,
    examples,
    tuned: shareOf(tuned),
    rivals: Object.fromEntries([...rivals].map(([role, tally]) => [role, shareOf(tally)])),
    difference: graded.examples === 0 ? { value: 0, low: -1, high: 1 } : pairedInterval(graded),
    ...(atWorst ? { atWorst: pairedInterval(atWorst) } : {}),
  };
}

/** Of no answer at all anything may be true. */
function shareOf({ passed, graded }: Tally): Estimate {
  return graded === 0 ? { value: 0, low: 0, high: 1 } : wilsonInterval(passed, graded);
}
