/** What examples hold, as numbers from 0: words and pairs of words. */
export interface Features {
  /** Different ones. */
  count: number;
  /** 1 where all were kept, else the share of those that were, the same ones in every example. */
  share: number;
  /** Of the example that was added as the so-manieth, from 0. */
  of(example: number): Uint32Array;
}

export interface Bag {
  /** The next example's, as hashes of 32 bits. */
  add(hashes: ReadonlySet<number>): void;
  /** After the last one. */
  close(): Features;
}

const everyHash = 2 ** 32;

/** Holds features in bounded memory: where they become more than `most`, every second is let go, in all examples the same. */
export function featureBag(most: number): Bag {
  let values = new Uint32Array(Math.min(most, 65_536));
  let length = 0;
  let limit = everyHash;
  const ends: number[] = [];

  function push(hash: number): void {
    if (length === values.length) {
      const larger = new Uint32Array(Math.min(2 * length, most));
      larger.set(values);
      values = larger;
    }
    values[length++] = hash;
  }

  function thin(): void {
    limit /= 2;
    let kept = 0;
    let from = 0;
    for (const [example, end] of ends.entries()) {
      for (; from < end; from++) if ((values[from] as number) < limit) values[kept++] = values[from] as number;
      ends[example] = kept;
    }
    length = kept;
  }

  return {
    add(hashes) {
      while (length + hashes.size > most && limit > 1) thin();
      for (const hash of hashes) if (hash < limit) push(hash);
      ends.push(length);
    },
    close() {
      const known = distinct(values.slice(0, length).sort());
      for (let at = 0; at < length; at++) values[at] = indexIn(known, values[at] as number);
      return {
        count: known.length,
        share: limit / everyHash,
        of: (example) => values.subarray(ends[example - 1] ?? 0, ends[example]),
      };
    },
  };
}

function distinct(sorted: Uint32Array): Uint32Array {
  let kept = 0;
  for (let at = 0; at < sorted.length; at++) {
    if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[kept++] = sorted[at] as number;
  }
  return sorted.subarray(0, kept);
}

function indexIn(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
