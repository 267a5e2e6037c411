const none = 0x7fffffff;

/** The rank of the token of some bytes, or {@link none}. */
type Rank = (start: number, end: number) => number;

/**
 * Tokens that the bytes of a long piece are merged to: the pair of lowest rank first, of equal ones the left one. Parts as a linked list over their
 * first bytes; a heap entry is stale once its rank is no longer the part's.
 */
export function countWithHeap(rankOf: Rank, from: number, to: number): number {
  const length = to - from;
  const next = new Int32Array(length + 1);
  const previous = new Int32Array(length + 1);
  const pairRanks = new Int32Array(length).fill(none);
  const heap = rankHeap(length);
  const endOf = (part: number) => next[part] as number;
  const judge = (part: number) => {
    const second = endOf(part);
    const found = second < length ? rankOf(from + part, from + endOf(second)) : none;
    pairRanks[part] = found;
    if (found !== none) heap.push(found, part);
  };

  for (let i = 0; i <= length; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
  }
  for (let i = 0; i < length; i++) judge(i);

  let parts = length;
  while (heap.pop()) {
    const { rank: found, part } = heap.top;
    if (pairRanks[part] !== found) continue;
    const second = endOf(part);
    const after = endOf(second);
    pairRanks[second] = none;
    next[part] = after;
    if (after <= length) previous[after] = part;
    parts -= 1;
    judge(part);
    if (part > 0) judge(previous[part] as number);
  }
  return parts;
}

/** Smallest rank first, of equal ones the leftmost part. `pop` puts the entry into `top`. */
function rankHeap(size: number) {
  // Enough: each merge takes one out and puts two in at most.
  const keys = new Float64Array(size * 2);
  let count = 0;
  const top = { rank: 0, part: 0 };
  // Both fit: ranks are below 2^18, parts below 2^32.
  const shift = 2 ** 32;

  return {
    top,
    push(rank: number, part: number): void {
      const key = rank * shift + part;
      let i = count++;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if ((keys[parent] as number) <= key) break;
        keys[i] = keys[parent] as number;
        i = parent;
      }
      keys[i] = key;
    },
    pop(): boolean {
      if (count === 0) return false;
      const smallest = keys[0] as number;
      top.rank = Math.floor(smallest / shift);
      top.part = smallest - top.rank * shift;
      const last = keys[--count] as number;
      let i = 0;
      for (let child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && (keys[child + 1] as number) < (keys[child] as number)) child++;
        if ((keys[child] as number) >= last) break;
        keys[i] = keys[child] as number;
        i = child;
      }
      keys[i] = last;
      return true;
    },
  };
}
