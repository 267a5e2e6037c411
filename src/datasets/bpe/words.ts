import { isHint, isLongNumber, watched } from './hints.ts';
import { endMark } from './pieces.ts';
import type { Encoding } from './vocabulary.ts';

/** Longer pieces are not for this table. */
export const longestShort = 12;
/** A piece is read in words of four bytes, up to so many bytes from its start. */
export const readAhead = 3 * Int32Array.BYTES_PER_ELEMENT;

/** A text in UTF-8 with an end mark behind it, and {@link readAhead} bytes more. */
export interface Utf8 {
  bytes: Uint8Array;
  /** Of the same buffer. */
  view: DataView;
}

export interface WordCounter {
  /** Of the pieces that the last call of `run` passed. */
  readonly tokens: number;
  /** Whether there is a hint in these pieces. */
  readonly hinted: boolean;
  /** Passes the plain pieces from `start` on; where the first that is not plain begins. */
  run(text: Utf8, start: number, end: number): number;
  /** Tokens of any piece of 2 to {@link longestShort} bytes that does not end with a NUL. */
  piece(text: Utf8, start: number, end: number): number;
}

const small = 0;
const capital = 1;
const symbol = 2;
const digit = 3;
/** Stands before a word and belongs to it, as a symbol does; alone it is none. */
const space = 4;
const rest = 5;

const kinds = Uint8Array.from({ length: 256 }, (_, code) => {
  const letter = String.fromCharCode(code);
  if (/[a-z]/.test(letter)) return small;
  if (/[A-Z]/.test(letter)) return capital;
  if (/[0-9]/.test(letter)) return digit;
  if (/[ \t\v\f]/.test(letter)) return space;
  return code >= 0x80 || /[\r\n]/.test(letter) ? rest : symbol;
});
const apostrophe = 0x27;
/** What may make a word longer than its small letters: capitals, contractions, letters beyond ASCII. */
const goesOn = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(isBeyondAscii(code) || code === apostrophe || kinds[code] === capital),
);
/** By kind and the byte behind: a character that is a piece by itself, a symbol or white space. */
const alone = new Uint8Array(rest << 8);
for (const [code, kind] of kinds.entries()) {
  const stops = kind === digit || code === endMark;
  alone[(symbol << 8) | code] = Number(stops || kind === space);
  alone[(space << 8) | code] = Number(stops);
}
/** Makes the second letter small, which may be a capital behind a capital or what stands before a word. */
const secondSmall = 0x2000;

const slotBits = 16;
const wordsOfSlot = 4;
/** With fewer, frequent words that share them would drive each other out again and again. */
const placesOfPiece = 4;
/** By the length of a piece: which bits of its first, second and third word are its own. */
const ownBits = [0, 4, 8].map((before) =>
  Int32Array.from({ length: longestShort + 1 }, (_, length) => {
    const bytes = Math.min(4, Math.max(0, length - before));
    return bytes === 4 ? -1 : (1 << (8 * bytes)) - 1;
  }),
) as [Int32Array, Int32Array, Int32Array];

/**
 * Counts the pieces that most text consists of: ASCII words of small letters, with or without a capital and a blank or
 * symbol before them, numbers, and lone symbols. Their end is looked for in four bytes at a time, and the bytes themselves
 * are the key under which their tokens are remembered: neither is a loop over bytes.
 *
 * @param count the tokens of a piece that is not remembered
 */
export function wordCounter(
  encoding: Encoding,
  count: (bytes: Uint8Array, start: number, end: number) => number,
): WordCounter {
  const kindOf = kinds.slice();
  // Here it begins a piece of its own.
  if (encoding === 'cl100k_base') kindOf[apostrophe] = rest;
  // The three words of a piece and its tokens; neighbours are the places for each piece.
  const slots = new Int32Array(wordsOfSlot << slotBits);
  const [ownFirst, ownSecond, ownThird] = ownBits;

  /** Its tokens; 0 for a piece that is not remembered. */
  function find(at: number, first: number, second: number, third: number): number {
    for (let place = 0; place < placesOfPiece; place++) {
      const slot = at ^ (place * wordsOfSlot);
      if (slots[slot] === first && slots[slot + 1] === second && slots[slot + 2] === third) {
        return slots[slot + 3] as number;
      }
    }
    return 0;
  }

  /** At the first of its places that is free, or in the stead of what is at the last. */
  function learn(at: number, first: number, second: number, third: number, tokens: number): void {
    let place = 0;
    while (place < placesOfPiece - 1 && slots[(at ^ (place * wordsOfSlot)) + 3] !== 0) place++;
    const slot = at ^ (place * wordsOfSlot);
    slots[slot] = first;
    slots[slot + 1] = second;
    slots[slot + 2] = third;
    slots[slot + 3] = tokens;
  }

  const counter = {
    tokens: 0,
    hinted: false,
    // One loop, nearly without calls: a pass over a data set spends most of its time in it. Every byte and every number of up to
    // three digits is a token in both encodings.
    run({ bytes, view }: Utf8, from: number, to: number): number {
      let tokens = 0;
      let hinted = false;
      let start = from;
      while (start < to) {
        const byte = bytes[start] as number;
        const kind = kindOf[byte] as number;
        // What else is in a piece that is passed here are letters and digits.
        if (watched[byte] !== 0 && !hinted) hinted = isHint(bytes, start);
        if (kind === rest) break;
        let end = start;
        if (kind === digit) {
          do end++;
          while (end < start + 3 && kinds[bytes[end] as number] === digit);
          if (end < start + 3 && isBeyondAscii(bytes[end] as number)) break;
          if (end === start + 3 && !hinted) hinted = isLongNumber(bytes, start);
          tokens += 1;
          start = end;
          continue;
        }
        let second = 0;
        let third = 0;
        let first = view.getInt32(start, true);
        let stops = notSmall(kind === small ? first : first | secondSmall) & ~0xff;
        if (stops !== 0) {
          first &= bitsBelow(stops);
          end += bytesBelow(stops);
          if (end === start + 1) {
            if (alone[(kind << 8) | (bytes[end] as number)] === 0) break;
            tokens += 1;
            start = end;
            continue;
          }
        } else {
          second = view.getInt32(start + 4, true);
          stops = notSmall(second);
          if (stops !== 0) {
            second &= bitsBelow(stops);
            end += 4 + bytesBelow(stops);
          } else {
            third = view.getInt32(start + 8, true);
            stops = notSmall(third);
            if (stops === 0) break;
            third &= bitsBelow(stops);
            end += 8 + bytesBelow(stops);
          }
        }
        if (goesOn[bytes[end] as number] !== 0) break;
        const at = slotOf(first, second, third);
        if (slots[at] === first && slots[at + 1] === second && slots[at + 2] === third) {
          tokens += slots[at + 3] as number;
        } else {
          let counted = find(at, first, second, third);
          if (counted === 0) {
            counted = count(bytes, start, end);
            learn(at, first, second, third, counted);
          }
          tokens += counted;
        }
        start = end;
      }
      counter.tokens = tokens;
      counter.hinted = hinted;
      return start;
    },
    piece({ bytes, view }: Utf8, start: number, end: number): number {
      const length = end - start;
      const first = view.getInt32(start, true) & (ownFirst[length] as number);
      const second = view.getInt32(start + 4, true) & (ownSecond[length] as number);
      const third = view.getInt32(start + 8, true) & (ownThird[length] as number);
      const at = slotOf(first, second, third);
      const known = find(at, first, second, third);
      if (known > 0) return known;
      const tokens = count(bytes, start, end);
      learn(at, first, second, third, tokens);
      return tokens;
    },
  };
  return counter;
}

function isBeyondAscii(byte: number): boolean {
  return byte >= 0x80 && byte !== endMark;
}

/** The highest bit of each byte that is no small letter: the sums carry into it from `a` on and from behind `z` on. */
function notSmall(word: number): number {
  const low = word & 0x7f7f7f7f;
  return ~((low + 0x1f1f1f1f) & ~(low + 0x05050505) & ~word) & 0x80808080;
}

/** Of the bytes before the first of some highest bits; how many they are. */
function bitsBelow(stops: number): number {
  return ((stops & -stops) >>> 7) - 1;
}

function bytesBelow(stops: number): number {
  return (31 - Math.clz32(stops & -stops)) >> 3;
}

function slotOf(first: number, second: number, third: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77) ^ Math.imul(third, 0xc2b2ae3d);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f) >>> (32 - slotBits)) * wordsOfSlot;
}
