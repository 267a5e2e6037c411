import { isWatched } from './hints';
import { modern } from './host';

/** What a byte of UTF-8 is to the patterns of the encodings. From `digit` on: what begins no word. */
export const small: u32 = 0;
export const capital: u32 = 1;
export const symbol: u32 = 2;
export const space: u32 = 3;
export const digit: u32 = 4;
export const lineEnd: u32 = 5;
/** Of a character beyond ASCII. */
export const other: u32 = 6;
export const end: u32 = 7;
export const watchedBit: u32 = 8;

/** Written behind a text; no UTF-8 holds it. */
const endMark: u32 = 0xff;
export const blank: u32 = 0x20;
export const apostrophe: u32 = 0x27;
export const slash: u32 = 0x2f;

const classes = memory.data(256);
/** The same for the first byte of a piece, `end` for one that needs a closer look; with {@link watchedBit} if it may be a hint. */
const firstClasses = memory.data(256);
/** By the byte behind a piece whether it may go on; then, in a row for each class that begins a word, of one that is a single byte so far. */
const undecided = memory.data(256 + 256 * 4);

export function classAt(at: usize): u32 {
  return load<u8>(classes + load<u8>(at));
}

export function firstClassAt(at: usize): u32 {
  return load<u8>(firstClasses + load<u8>(at));
}

export function isLetter(kind: u32): bool {
  return kind <= capital;
}

/**
 * Whether the byte at a place may belong to the piece before it, or change where that ends.
 *
 * @param first the class of its first byte
 * @param isSingle whether that is all of it so far
 */
export function mayGoOn(at: usize, first: u32, isSingle: bool): bool {
  // No branch: which it is is hard to foretell.
  const row = ((first + 1) << 8) & (0 - u32(isSingle));
  return load<u8>(undecided + row + load<u8>(at)) != 0;
}

function classOf(code: u32): u32 {
  if (code == endMark) return end;
  if (code >= 0x80) return other;
  if (code - 0x61 < 26) return small;
  if (code - 0x41 < 26) return capital;
  if (code - 0x30 < 10) return digit;
  if (code == 0x0a || code == 0x0d) return lineEnd;
  return code == blank || code == 0x09 || code == 0x0b || code == 0x0c ? space : symbol;
}

for (let code: u32 = 0; code < 256; code++) {
  const kind = classOf(code);
  store<u8>(classes + code, u8(kind));
  // A NUL looks like what words are filled up with, and an apostrophe may begin a contraction.
  const isOdd = code == 0 || (!modern && code == apostrophe);
  store<u8>(firstClasses + code, u8((isOdd ? end : kind) | (isWatched(code) ? watchedBit : 0)));
  const ends = kind == digit || kind == end;
  const lengthens = kind == capital || kind == other || code == apostrophe;
  store<u8>(undecided + code, u8(lengthens));
  for (let first = small; first < digit; first++) {
    let isOpen = lengthens;
    if (first == symbol) isOpen = !ends && kind != space;
    if (first == space) isOpen = !ends;
    store<u8>(undecided + ((first + 1) << 8) + code, u8(isOpen));
  }
}
