/*
 * What in a text may be worth a closer look (`src/datasets/examples/texts.ts`): signs of addresses and phone numbers, the beginnings
 * of keys, special tokens, letters that an encoding has lost. The counter meets every byte of a text, and piece by piece: looking for
 * hints there takes hardly any time, where a pass of its own takes a seventh of that of all checks and counts.
 */

/** Bytes one of which each hint has, in the order of {@link isHint}. */
const watchedBytes = memory.data<u8>([0, 0x40, 0x2b, 0x7c, 0x2d, 0x5f, 0x41, 0x5c, 0xc3, 0xef]);
const watchedCount: usize = 10;
const watched = memory.data(256);

for (let i: usize = 0; i < watchedCount; i++) store<u8>(watched + load<u8>(watchedBytes + i), 1);

export function isWatched(code: u32): bool {
  return load<u8>(watched + code) != 0;
}

/** Whether a watched byte is a hint, by what stands beside it. */
export function isHint(at: usize): bool {
  switch (load<u8>(at)) {
    // NUL, @
    case 0:
    case 0x40:
      return true;
    // +1
    case 0x2b:
      return <u32>load<u8>(at, 1) - 0x31 < 9;
    // <|
    case 0x7c:
      return load<u8>(at - 1) == 0x3c;
    // sk-, xoxb-, glpat-, -BEGIN
    case 0x2d:
      return (
        stands(at - 2, 2, 0x6b73) ||
        stands(at - 4, 3, 0x786f78) ||
        stands(at - 5, 5, 0x7461706c67) ||
        stands(at + 1, 5, 0x4e49474542)
      );
    // hf_, npm_, gho_, pat_, live_
    case 0x5f:
      return (
        stands(at - 2, 2, 0x6668) ||
        stands(at - 3, 3, 0x6d706e) ||
        stands(at - 3, 2, 0x6867) ||
        stands(at - 3, 3, 0x746170) ||
        stands(at - 4, 4, 0x6576696c)
      );
    // AKIA, ASIA, AIza
    case 0x41:
      return stands(at + 1, 3, 0x41494b) || stands(at + 1, 3, 0x414953) || stands(at + 1, 3, 0x617a49);
    // In the JSON of arguments, a letter by its number: \u
    case 0x5c:
      return load<u8>(at, 1) == 0x75;
    // Ã, Â, Ð, Ñ, â, ð and what UTF-8 read as Latin 1 or Windows 1252 has behind them.
    case 0xc3:
      return isMisread(load<u8>(at, 1), at + 2);
    // U+FFFD
    default:
      return stands(at + 1, 2, 0xbdbf);
  }
}

function isMisread(letter: u32, at: usize): bool {
  const next: u32 = load<u8>(at);
  switch (letter) {
    case 0x83:
      return next == 0xc2 || next == 0xc5 || next == 0xcb || next == 0xe2;
    case 0x82:
    case 0x90:
    case 0x91:
      return next == 0xc2;
    case 0xa2:
      return stands(at, 3, 0xac82e2) || stands(at, 2, 0x80c2);
    case 0xb0:
      return stands(at, 2, 0xb8c5) || stands(at, 2, 0x9fc2);
    default:
      return false;
  }
}

const blank: u32 = 0x20;
const hyphen: u32 = 0x2d;
/** An undivided number is looked at so far. */
const mostDigits: usize = 8;

/** Whether a number is one: of eight digits, of three and more with a hyphen and four behind, of four and more with a blank and four. */
export function isLongNumber(start: usize): bool {
  let end = start + 1;
  while (end < start + mostDigits && isDigit(end)) end++;
  if (end == start + mostDigits) return true;
  const behind: u32 = load<u8>(end);
  if (end < start + 3 || (behind != hyphen && (behind != blank || end == start + 3))) return false;
  return isDigit(end + 1) && isDigit(end + 2) && isDigit(end + 3) && isDigit(end + 4);
}

/** Whether some bytes stand at a place: up to seven, the first in the lowest bits. */
function stands(at: usize, length: u64, bytes: u64): bool {
  return (load<u64>(at) & (((<u64>1) << (8 * length)) - 1)) == bytes;
}

function isDigit(at: usize): bool {
  return <u32>load<u8>(at) - 0x30 < 10;
}
