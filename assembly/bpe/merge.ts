import { countWithHeap } from './long-merge';
import { none, rankOf } from './vocabulary';

/** Longer pieces are merged with a heap: the plain search takes time with the square of the length. */
const plainLength: usize = 100;

/** Parts in order: part i is from starts[i] to starts[i + 1]; ranks[i] is that of it together with the next. */
const starts = memory.data(4 * 101, 16);
const ranks = memory.data(4 * 101, 16);

/** Tokens that the bytes of one piece are merged to: the pair of lowest rank first, of equal ones the left one. */
export function count(start: usize, end: usize): i32 {
  if (rankOf(start, end) != none) return 1;
  return end - start <= plainLength ? countPlain(start, end) : countWithHeap(start, end);
}

function countPlain(start: usize, end: usize): i32 {
  let parts = <i32>(end - start);
  for (let i = 0; i <= parts; i++) set(starts, i, <u32>start + i);
  for (let i = 0; i < parts; i++) set(ranks, i, pairRank(i, parts));
  while (true) {
    let best = none;
    let at = -1;
    for (let i = 0; i + 1 < parts; i++) {
      const rank = get(ranks, i);
      if (rank >= best) continue;
      best = rank;
      at = i;
    }
    if (at < 0) return parts;
    parts -= 1;
    for (let i = at + 1; i <= parts; i++) {
      set(starts, i, get(starts, i + 1));
      set(ranks, i, get(ranks, i + 1));
    }
    set(ranks, at, pairRank(at, parts));
    if (at > 0) set(ranks, at - 1, pairRank(at - 1, parts));
  }
}

function pairRank(i: i32, parts: i32): u32 {
  return i + 2 <= parts ? rankOf(get(starts, i), get(starts, i + 2)) : none;
}

function get(list: usize, i: i32): u32 {
  return load<u32>(list + ((<usize>i) << 2));
}

function set(list: usize, i: i32, value: u32): void {
  store<u32>(list + ((<usize>i) << 2), value);
}
