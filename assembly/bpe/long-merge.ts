import { none, rankOf } from './vocabulary';

/** By its first byte, of each part: where the next begins, where the one before begins, and the rank of it together with the next. */
const next = memory.data(4 * (3 * 1024 * 1024 + 1), 16);
const previous = memory.data(4 * (3 * 1024 * 1024 + 1), 16);
const pairRanks = memory.data(4 * (3 * 1024 * 1024 + 1), 16);
/** A heap of ranks, each with its part in the lower half; one is stale once it is no longer the part's. Each merge takes one out and puts two in at most. */
const heap = memory.data(8 * 2 * 3 * 1024 * 1024, 16);
let heaped: u32 = 0;

/** Tokens that the bytes of a long piece are merged to: the pair of lowest rank first, of equal ones the left one. */
export function countWithHeap(start: usize, end: usize): i32 {
  const length = <u32>(end - start);
  heaped = 0;
  for (let part: u32 = 0; part <= length; part++) {
    set(next, part, part + 1);
    set(previous, part, part - 1);
    set(pairRanks, part, none);
  }
  for (let part: u32 = 0; part < length; part++) judge(start, part, length);
  let parts = length;
  // Called in two places it stays a function of its own: V8 compiles anew what is called again and again, but no loop that goes on.
  while (heaped > 1) parts -= mergeFirst(start, length) + mergeFirst(start, length);
  if (heaped > 0) parts -= mergeFirst(start, length);
  return parts;
}

/** 1 where the first of the heap is merged with the part behind it, 0 where it is stale. */
function mergeFirst(start: usize, length: u32): u32 {
  const first = pop();
  const part = <u32>first;
  if (get(pairRanks, part) != <u32>(first >>> 32)) return 0;
  const second = get(next, part);
  const after = get(next, second);
  set(pairRanks, second, none);
  set(next, part, after);
  set(previous, after, part);
  judge(start, part, length);
  if (part > 0) judge(start, get(previous, part), length);
  return 1;
}

function judge(start: usize, part: u32, length: u32): void {
  const second = get(next, part);
  const rank = second < length ? rankOf(start + part, start + get(next, second)) : none;
  set(pairRanks, part, rank);
  if (rank != none) push(((<u64>rank) << 32) | part);
}

function push(entry: u64): void {
  let at = heaped++;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = load<u64>(heap + parent * 8);
    if (above <= entry) break;
    store<u64>(heap + at * 8, above);
    at = parent;
  }
  store<u64>(heap + at * 8, entry);
}

function pop(): u64 {
  const first = load<u64>(heap);
  heaped -= 1;
  const last = load<u64>(heap + heaped * 8);
  let at: u32 = 0;
  let child: u32 = 1;
  while (child < heaped) {
    if (child + 1 < heaped && load<u64>(heap + child * 8, 8) < load<u64>(heap + child * 8)) child++;
    const below = load<u64>(heap + child * 8);
    if (below >= last) break;
    store<u64>(heap + at * 8, below);
    at = child;
    child = 2 * at + 1;
  }
  store<u64>(heap + at * 8, last);
  return first;
}

function get(list: usize, part: u32): u32 {
  return load<u32>(list + part * 4);
}

function set(list: usize, part: u32, value: u32): void {
  store<u32>(list + part * 4, value);
}
