/** Of 16 bytes: a piece of up to 15, filled up with zeros, and its tokens in the last; 0 there in a slot that holds nothing. */
export const longestRemembered: usize = 15;
const slotBytes: usize = 16;
const slotBits: u64 = 16;
/** With fewer, frequent words that share them would drive each other out again and again. */
const placesOfPiece: usize = 4;
const slots = memory.data(16 << 16, 64);
/** By the length of a piece: which bits of its 16 bytes are its own. */
export const owns = memory.data(16 * 16, 16);
/** Of the second half, the bytes of a piece. */
const own: u64 = 0x00ff_ffff_ffff_ffff;
const tokensAt: u64 = 56;

for (let length: usize = 0; length <= longestRemembered; length++) memory.fill(owns + length * 16, 0xff, length);

/** The first place of a piece, by its two halves; the others are neighbours. */
export function placeOf(low: u64, high: u64): usize {
  const mixed = (low * 0x9e37_79b9_7f4a_7c15) ^ (high * 0xc2b2_ae3d_27d4_eb4f);
  return slots + <usize>(mixed >>> (64 - slotBits)) * slotBytes;
}

/** The tokens of a piece if it is remembered at this place, or 0. */
export function tokensIn(place: usize, low: u64, high: u64): i32 {
  const known = load<u64>(place, 8);
  return load<u64>(place) == low && (known & own) == high ? <i32>(known >>> tokensAt) : 0;
}

/** The tokens of a piece that is remembered at any of its places, or 0. */
export function find(place: usize, low: u64, high: u64): i32 {
  for (let i: usize = 0; i < placesOfPiece; i++) {
    const tokens = tokensIn(place ^ (i * slotBytes), low, high);
    if (tokens != 0) return tokens;
  }
  return 0;
}

/** At the first of its places that is free, or in the stead of what is at the last. */
export function remember(place: usize, low: u64, high: u64, tokens: i32): void {
  let i: usize = 0;
  while (i < placesOfPiece - 1 && load<u64>(place ^ (i * slotBytes), 8) >>> tokensAt != 0) i++;
  const slot = place ^ (i * slotBytes);
  store<u64>(slot, low);
  store<u64>(slot, high | ((<u64>tokens) << tokensAt), 8);
}
