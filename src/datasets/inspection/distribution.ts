/** How a number is spread over examples; between two examples percentiles are interpolated, as NumPy does. */
export interface Spread {
  min: number;
  p5: number;
  median: number;
  mean: number;
  p95: number;
  max: number;
}

/** How many examples have up to so much, and more than the range before; ranges double. */
export interface LengthRange {
  upTo: number;
  examples: number;
}

export interface Distribution {
  /** A whole number of one example, 0 or more. */
  add(value: number): void;
  /** All 0 where there are no examples. */
  spread(): Spread;
  ranges(): LengthRange[];
}

const smallestRange = 16;
/** Numbers of so many bits are counted each by itself; of larger ones the first so many tell them apart, to 0.003%. */
const exactBits = 16;
const exact = 2 ** exactBits;
const half = exact / 2;

/** Counts numbers in memory that does not grow with how many there are: under 2 MB. */
export function distribution(): Distribution {
  let counts = new Uint32Array(256);
  let [examples, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, 0];

  /** By what stands before it in order, from 0. */
  function valueAt(place: number): number {
    let before = 0;
    for (let slot = 0; slot < counts.length; slot++) {
      before += counts[slot] as number;
      if (before > place) return Math.min(max, Math.max(min, smallestOf(slot)));
    }
    return max;
  }

  function percentile(share: number): number {
    const place = share * (examples - 1);
    const below = valueAt(Math.floor(place));
    return below + (valueAt(Math.ceil(place)) - below) * (place % 1);
  }

  return {
    add(value) {
      const slot = slotOf(value);
      if (slot >= counts.length) counts = grown(counts, slot);
      counts[slot] = (counts[slot] as number) + 1;
      examples += 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    },
    spread() {
      if (examples === 0) return { min: 0, p5: 0, median: 0, mean: 0, p95: 0, max: 0 };
      return { min, p5: percentile(0.05), median: percentile(0.5), mean: sum / examples, p95: percentile(0.95), max };
    },
    ranges() {
      const ranges: LengthRange[] = [];
      counts.forEach((count, slot) => {
        if (count === 0) return;
        const range = Math.max(0, Math.ceil(Math.log2(smallestOf(slot) / smallestRange)));
        for (let at = ranges.length; at <= range; at++) ranges.push({ upTo: smallestRange * 2 ** at, examples: 0 });
        (ranges[range] as LengthRange).examples += count;
      });
      return ranges.slice(ranges.findIndex((range) => range.examples > 0));
    },
  };
}

function slotOf(value: number): number {
  if (value < exact) return value;
  const shift = Math.floor(Math.log2(value)) + 1 - exactBits;
  return exact + (shift - 1) * half + Math.floor(value / 2 ** shift) - half;
}

/** The smallest number of a slot. */
function smallestOf(slot: number): number {
  if (slot < exact) return slot;
  const shift = Math.floor((slot - exact) / half) + 1;
  return (((slot - exact) % half) + half) * 2 ** shift;
}

function grown(counts: Uint32Array<ArrayBuffer>, slot: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 ** Math.ceil(Math.log2(slot + 1)));
  larger.set(counts);
  return larger;
}
