import { classAt, digit, firstClassAt, mayGoOn, watchedBit } from './classes';
import { isHint, isLongNumber } from './hints';
import { countLong } from './host';
import { count } from './merge';
import { find, longestRemembered, owns, placeOf, remember } from './remembered';
import { pieceEnd, unknown } from './scan';

/** Of the last call: the tokens, and whether there is a hint in what was counted. */
const told = memory.data(8);
/** Room for a part of a text (`src/datasets/bpe/parts.ts`), with zeros before it: what stands before a byte may make it a hint. */
const text = memory.data(3 * 1024 * 1024 + 128, 64) + 64;

export { count } from './merge';
export { loadRanks, tablesAt, tablesLength } from './vocabulary';

export function toldAt(): usize {
  return told;
}

export function textAt(): usize {
  return text;
}

/**
 * Counts the pieces from a place on, up to where a character beyond ASCII has a say; answers that place. Nearly all of a text are
 * words with or without a blank before them and lone symbols: their end is looked for in 16 bytes at once, and these bytes are
 * the key under which their tokens are remembered. Neither is a loop, and hardly a branch is hard to foretell.
 */
export function run(from: usize, to: usize): usize {
  let tokens: i32 = 0;
  let hinted: bool = false;
  let start = from;
  while (start < to) {
    let first = firstClassAt(start);
    if (first >= watchedBit) {
      // What else is in a short piece are letters.
      if (!hinted) hinted = isHint(start);
      first -= watchedBit;
    }
    if (first < digit) {
      const bytes = v128.load(start);
      const length = wordLength(bytes, load<u8>(start, 1));
      const stop = start + length;
      if (length <= longestRemembered && !mayGoOn(stop, first, length == 1)) {
        tokens += tokensOf(bytes, start, stop);
        start = stop;
        continue;
      }
    }
    const stop = pieceEnd(start);
    if (stop == unknown) break;
    if (!hinted) hinted = hasHint(start, stop);
    tokens += tokensOfAny(start, stop);
    start = stop;
  }
  store<i32>(told, tokens);
  store<i32>(told, i32(hinted), 4);
  return start;
}

/** Counts one piece. */
export function piece(start: usize, end: usize): void {
  store<i32>(told, tokensOfAny(start, end));
  store<i32>(told, i32(hasHint(start, end)), 4);
}

/** Through the last small letter behind the first byte, or 16; the second letter may be a capital unless the first is a small one. */
function wordLength(bytes: v128, second: u32): usize {
  const others = i8x16.bitmask(i8x16.ge_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(26)));
  const secondIsLetter = i32((second | 0x20) - 0x61 < 26);
  const passed = 1 | ((secondIsLetter & others) << 1);
  return ctz<i32>((others | 0x10000) & ~passed);
}

function tokensOf(bytes: v128, start: usize, end: usize): i32 {
  const key = v128.and(bytes, v128.load(owns + ((end - start) << 4)));
  const low = <u64>i64x2.extract_lane(key, 0);
  const high = <u64>i64x2.extract_lane(key, 1);
  const place = placeOf(low, high);
  const beside = load<u64>(place, 8) ^ high;
  if (((load<u64>(place) ^ low) | (beside << 8)) == 0) return <i32>(beside >>> 56);
  let tokens = find(place, low, high);
  if (tokens != 0) return tokens;
  tokens = count(start, end);
  remember(place, low, high, tokens);
  return tokens;
}

function tokensOfAny(start: usize, end: usize): i32 {
  // Filled up with zeros, a piece that ends with one would be taken for another.
  if (end - start > longestRemembered || load<u8>(end - 1) == 0) return countLong(start, end);
  return tokensOf(v128.load(start), start, end);
}

function hasHint(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) {
    if (firstClassAt(at) >= watchedBit && isHint(at)) return true;
  }
  // Of digits alone, the first of which may be of another script.
  let number = end;
  while (number > start && classAt(number - 1) == digit) number--;
  return number < end && isLongNumber(number);
}
