import type { RivalRole, Slice, SlicedBy } from '../contract/verdict.ts';
import { pairedInterval, wilsonInterval } from './statistics.ts';

/** How one example went: whether each model passed it. */
export interface Outcome {
  tuned: boolean;
  rivals: Partial<Record<RivalRole, boolean>>;
}

interface Counts {
  examples: number;
  tuned: number;
  passed: Partial<Record<RivalRole, number>>;
  fixed: number;
  broken: number;
}

/** Counts by the values of one field, holding no more than 100 of them. */
export interface Slicer {
  add(value: string, outcome: Outcome): void;
  /** Undefined when the field does not divide the examples: over 100 values, or none that occurs twice. */
  sliced(field: string): SlicedBy | undefined;
}

const valuesAtMost = 100;

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
    const fresh: Counts = { examples: 0, tuned: 0, passed: {}, fixed: 0, broken: 0 };
    byValue.set(value, fresh);
    return fresh;
  }

  return {
    add(value, { tuned, rivals }) {
      examples += 1;
      const counts = countsOf(value);
      if (!counts) return;
      counts.examples += 1;
      if (tuned) counts.tuned += 1;
      for (const [role, passed] of Object.entries(rivals) as [RivalRole, boolean][]) {
        counts.passed[role] = (counts.passed[role] ?? 0) + (passed ? 1 : 0);
      }
      const other = rivals[against];
      if (tuned && other === false) counts.fixed += 1;
      if (!tuned && other === true) counts.broken += 1;
    },
    sliced(field) {
      if (tooMany || byValue.size === examples || byValue.size < 2) return undefined;
      const slices = [...byValue].map(([value, counts]) => slice(value, counts));
      slices.sort((a, b) => b.examples - a.examples || (a.value < b.value ? -1 : 1));
      return { field, slices };
    },
  };
}

function slice(value: string, { examples, tuned, passed, fixed, broken }: Counts): Slice {
  const shares = Object.entries(passed).map(([role, count]) => [role, wilsonInterval(count, examples)] as const);
  return {
    value,
    examples,
    tuned: wilsonInterval(tuned, examples),
    rivals: Object.fromEntries(shares),
    difference: pairedInterval({ examples, fixed, broken }),
  };
}
