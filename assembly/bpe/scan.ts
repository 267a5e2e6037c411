import {
  apostrophe,
  blank,
  capital,
  classAt,
  digit,
  end,
  isLetter,
  lineEnd,
  other,
  slash,
  small,
  space,
  symbol,
} from './classes';
import { modern } from './host';

/** Where a character beyond ASCII has a say: the pattern tells then. */
export const unknown: usize = 0;

/** Where the piece ends that begins at a place: at most three bytes are looked at behind it. */
export function pieceEnd(start: usize): usize {
  const first = classAt(start);
  if (isLetter(first)) return wordEnd(start);
  if (first == digit) return numberEnd(start);
  if (first == other) return unknown;
  if (!modern && load<u8>(start) == apostrophe) {
    const length = contraction(start);
    if (length != 0) return length < 0 ? unknown : start + length;
  }
  const second = classAt(start + 1);
  if (second == other) return unknown;
  if (first != lineEnd && isLetter(second)) return wordEnd(start + 1);
  if (first == symbol) return symbolsEnd(start);
  if (second == symbol && load<u8>(start) == blank) return symbolsEnd(start + 1);
  return blankEnd(start);
}

function wordEnd(start: usize): usize {
  let at = start;
  let kind = classAt(at);
  if (modern) {
    while (kind == capital) kind = classAt(++at);
    while (kind == small) kind = classAt(++at);
  } else {
    while (isLetter(kind)) kind = classAt(++at);
  }
  if (kind == other) return unknown;
  if (!modern || load<u8>(at) != apostrophe) return at;
  const length = contraction(at);
  return length < 0 ? unknown : at + length;
}

function numberEnd(start: usize): usize {
  let at = start + 1;
  while (at < start + 3) {
    const kind = classAt(at);
    if (kind == other) return unknown;
    if (kind != digit) break;
    at++;
  }
  return at;
}

function symbolsEnd(start: usize): usize {
  let at = start;
  let kind = classAt(at);
  while (kind == symbol) kind = classAt(++at);
  while (kind == lineEnd || (modern && load<u8>(at) == slash)) kind = classAt(++at);
  return kind == other ? unknown : at;
}

/** Through the last line end of the run; without one, all but the last character where something follows. */
function blankEnd(start: usize): usize {
  let at = start;
  let afterLineEnd: usize = 0;
  let kind = classAt(at);
  while (kind == space || kind == lineEnd) {
    at++;
    if (kind == lineEnd) afterLineEnd = at;
    kind = classAt(at);
  }
  if (kind == other) return unknown;
  if (afterLineEnd != 0) return afterLineEnd;
  return kind == end || at == start + 1 ? at : at - 1;
}

/** Bytes of `'s`, `'ll` and the like at the apostrophe; 0 when it is none, -1 where a character beyond ASCII has a say. */
function contraction(at: usize): i32 {
  const kind = classAt(at + 1);
  if (kind == other) return -1;
  if (!isLetter(kind)) return 0;
  // Without the bit that tells capitals from small letters.
  const first = load<u8>(at, 1) & 0xdf;
  if (first == 0x53 || first == 0x54 || first == 0x4d || first == 0x44) return 2;
  const second = load<u8>(at, 2) & 0xdf;
  if ((first == 0x52 || first == 0x56) && second == 0x45) return 3;
  return first == 0x4c && second == 0x4c ? 3 : 0;
}
