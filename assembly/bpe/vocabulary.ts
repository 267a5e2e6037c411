/** Of a pair of bytes that is no token. */
export const none: u32 = 0x7fffffff;

const mostTokenBytes: usize = 2 << 20;
const mostRanks: u32 = 1 << 18;
/** Of twice as many slots. */
const slotMask: u32 = (1 << 19) - 1;
const tableBytes: i32 = 64 + (5 << 20) + (4 << 16);

/** What threads give each other: the bytes of the longest token, then what follows. */
const tables = memory.data(tableBytes, 64);
/** The bytes of all tokens, in the order of their ranks. */
const tokens = tables + 64;
/** By rank: where the token ends in them. */
const ends = tokens + mostTokenBytes;
/** A hash table with open addressing: the rank and 1, or 0 in a free slot. */
const slots = ends + mostRanks * 4;
/** The same of tokens of two bytes, by these: a merge asks for them more than for all others. */
const pairs = slots + (slotMask + 1) * 4;

export function tablesAt(): usize {
  return tables;
}

export function tablesLength(): usize {
  return tableBytes;
}

/** The rank of a token: pairs of low rank are merged first. */
export function rankOf(start: usize, end: usize): u32 {
  const length = end - start;
  if (length == 2) {
    const found = load<u32>(pairs + load<u16>(start) * 4);
    return found == 0 ? none : found - 1;
  }
  if (length > load<u32>(tables)) return none;
  let slot = hashOf(start, end) & slotMask;
  let found = load<u32>(slots + slot * 4);
  while (found != 0) {
    const rank = found - 1;
    const from = startOf(rank);
    if (<usize>load<u32>(ends + rank * 4) - from == length && areEqual(start, tokens + from, length)) return rank;
    slot = (slot + 1) & slotMask;
    found = load<u32>(slots + slot * 4);
  }
  return none;
}

/**
 * Reads the ranks as the package `tiktoken` ships them: `! 0 IQ== Ig== …`, the tokens from the first rank on in base64, between
 * single spaces. Answers 0 where there are more than fit.
 */
export function loadRanks(from: usize, to: usize): i32 {
  let at = from + 2;
  while (load<u8>(at) != 0x20) at++;
  let length: usize = 0;
  let longest: usize = 0;
  let rank: u32 = 0;
  while (at < to) {
    const start = length;
    at++;
    for (; at < to && load<u8>(at) != 0x20; at += 4) {
      if (length + 3 > mostTokenBytes) return 0;
      length = decode(at, length);
    }
    if (rank >= mostRanks) return 0;
    store<u32>(ends + rank * 4, <u32>length);
    put(rank, tokens + start, tokens + length);
    if (length - start > longest) longest = length - start;
    rank++;
  }
  store<u32>(tables, <u32>longest);
  return 1;
}

/** Four letters of base64; answers the end of what was written. */
function decode(at: usize, end: usize): usize {
  const bits = (sextet(at) << 18) | (sextet(at + 1) << 12) | (sextet(at + 2) << 6) | sextet(at + 3);
  store<u8>(tokens + end, u8(bits >> 16));
  store<u8>(tokens + end, u8(bits >> 8), 1);
  store<u8>(tokens + end, u8(bits), 2);
  // Padding is written, too, and overwritten.
  return end + 3 - usize(load<u8>(at, 2) == 0x3d) - usize(load<u8>(at, 3) == 0x3d);
}

const sextets = memory.data(256);

function sextet(at: usize): u32 {
  return load<u8>(sextets + load<u8>(at));
}

for (let i: u32 = 0; i < 26; i++) {
  store<u8>(sextets + (0x41 + i), <u8>i);
  store<u8>(sextets + (0x61 + i), <u8>(26 + i));
  if (i < 10) store<u8>(sextets + (0x30 + i), <u8>(52 + i));
}
store<u8>(sextets + 0x2b, 62);
store<u8>(sextets + 0x2f, 63);

function startOf(rank: u32): usize {
  return rank == 0 ? 0 : load<u32>(ends + (rank - 1) * 4);
}

function put(rank: u32, start: usize, end: usize): void {
  if (end - start == 2) {
    store<u32>(pairs + load<u16>(start) * 4, rank + 1);
    return;
  }
  let slot = hashOf(start, end) & slotMask;
  while (load<u32>(slots + slot * 4) != 0) slot = (slot + 1) & slotMask;
  store<u32>(slots + slot * 4, rank + 1);
}

function areEqual(one: usize, other: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(one + at) != load<u64>(other + at)) return false;
  return at == length || ((load<u64>(one + at) ^ load<u64>(other + at)) & below(length - at)) == 0;
}

function hashOf(start: usize, end: usize): u32 {
  let hash: u64 = <u64>(end - start) * 0x9e37_79b9_7f4a_7c15;
  let at = start;
  for (; at + 8 <= end; at += 8) hash = mixed(hash, load<u64>(at));
  if (at < end) hash = mixed(hash, load<u64>(at) & below(end - at));
  return <u32>(hash >>> 32);
}

function mixed(hash: u64, bytes: u64): u64 {
  const both = (hash ^ bytes) * 0xc2b2_ae3d_27d4_eb4f;
  return both ^ (both >>> 32);
}

/** The bits of the first of eight bytes, one to seven. */
function below(bytes: usize): u64 {
  return ((<u64>1) << (<u64>bytes * 8)) - 1;
}
