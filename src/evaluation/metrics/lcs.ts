const bits = 32;

/**
 * Length of the longest common subsequence, 32 positions of `left` at a time: Hyyrö, "Bit-parallel LCS-length
 * computation revisited" (2004).
 */
export function lcsLength<T>(left: readonly T[], right: readonly T[]): number {
  const words = Math.ceil(left.length / bits);
  const places = new Map<T, Int32Array>();
  for (const [at, item] of left.entries()) {
    const masks = places.get(item) ?? new Int32Array(words);
    masks[at >>> 5] = (masks[at >>> 5] as number) | (1 << (at & 31));
    places.set(item, masks);
  }
  // A zero at a position: the subsequence grows there.
  const rows = new Int32Array(words).fill(-1);
  for (const item of right) {
    const masks = places.get(item);
    if (!masks) continue;
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const row = (rows[word] as number) >>> 0;
      const hits = (row & (masks[word] as number)) >>> 0;
      const sum = row + hits + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      rows[word] = sum | 0 | (row & ~hits);
    }
  }
  let length = 0;
  for (let at = 0; at < left.length; at++) {
    if ((((rows[at >>> 5] as number) >>> (at & 31)) & 1) === 0) length += 1;
  }
  return length;
}
