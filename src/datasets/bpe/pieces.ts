import type { Encoding } from './vocabulary.ts';

/*
 * The patterns of the package `tiktoken`, whose engine (Rust's) differs from this one in two ways: `\s` is the property
 * White_Space, and `(?i:'s)` takes the long s, too. https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py
 */
const contraction = "'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])";
const white = '\\p{White_Space}';
const notWhite = '\\P{White_Space}';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lead = '[^\\r\\n\\p{L}\\p{N}]?';
const number = '\\p{N}{1,3}';
const symbols = ` ?[^${white}\\p{L}\\p{N}]+`;
const blank = `${white}*[\\r\\n]+|${white}+(?!${notWhite})|${white}+`;
const word = `${lead}${upper}*${lower}+(?:${contraction})?|${lead}${upper}+${lower}*(?:${contraction})?`;

/** What a piece is; sticky, to be tried where one begins. */
export const patterns: Record<Encoding, RegExp> = {
  o200k_base: new RegExp(`${word}|${number}|${symbols}[\\r\\n/]*|${blank}`, 'uy'),
  cl100k_base: new RegExp(`${contraction}|${lead}\\p{L}+|${number}|${symbols}[\\r\\n]*|${blank}`, 'uy'),
};

/** Written behind a text; no UTF-8 holds it. The scanner looks three bytes ahead at most. */
export const endMark = 0xff;
export const endMarks = 3;

const symbol = 0;
const small = 1;
const capital = 2;
const digit = 3;
const space = 4;
const lineEnd = 5;
/** A byte of a character beyond ASCII. */
const other = 6;
const end = 7;

const classes = Uint8Array.from({ length: 256 }, (_, code) => {
  const letter = String.fromCharCode(code);
  if (code === endMark) return end;
  if (code >= 0x80) return other;
  if (/[a-z]/.test(letter)) return small;
  if (/[A-Z]/.test(letter)) return capital;
  if (/[0-9]/.test(letter)) return digit;
  if (/[\r\n]/.test(letter)) return lineEnd;
  return /[ \t\v\f]/.test(letter) ? space : symbol;
});

const blankByte = 0x20;
const apostrophe = 0x27;
const slash = 0x2f;

const classAt = (bytes: Uint8Array, i: number) => classes[bytes[i] as number] as number;
const isLetter = (kind: number) => kind === small || kind === capital;

/**
 * Finds the end of the piece that begins at a byte, in UTF-8 with {@link endMark}s behind it. -1 where a character beyond
 * ASCII has a say: the pattern tells then. By hand, for it is ten times as fast as the pattern.
 */
export function scanner(encoding: Encoding): (bytes: Uint8Array, start: number) => number {
  const modern = encoding === 'o200k_base';

  function wordEnd(bytes: Uint8Array, start: number): number {
    let i = start;
    let kind = classAt(bytes, i);
    if (modern) {
      while (kind === capital) kind = classAt(bytes, ++i);
      while (kind === small) kind = classAt(bytes, ++i);
    } else {
      while (isLetter(kind)) kind = classAt(bytes, ++i);
    }
    if (kind === other) return -1;
    if (!modern || bytes[i] !== apostrophe) return i;
    const length = contractionLength(bytes, i);
    return length < 0 ? -1 : i + length;
  }

  function symbolsEnd(bytes: Uint8Array, start: number): number {
    let i = start;
    let kind = classAt(bytes, i);
    while (kind === symbol) kind = classAt(bytes, ++i);
    while (kind === lineEnd || (modern && bytes[i] === slash)) kind = classAt(bytes, ++i);
    return kind === other ? -1 : i;
  }

  return (bytes, start) => {
    const first = classAt(bytes, start);
    if (isLetter(first)) return wordEnd(bytes, start);
    if (first === digit) return numberEnd(bytes, start);
    if (first === other) return -1;
    if (!modern && bytes[start] === apostrophe) {
      const length = contractionLength(bytes, start);
      if (length !== 0) return length < 0 ? -1 : start + length;
    }
    const second = classAt(bytes, start + 1);
    if (second === other) return -1;
    if (first !== lineEnd && isLetter(second)) return wordEnd(bytes, start + 1);
    if (first === symbol) return symbolsEnd(bytes, start);
    if (second === symbol && bytes[start] === blankByte) return symbolsEnd(bytes, start + 1);
    return blankEnd(bytes, start);
  };
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < start + 3) {
    const kind = classAt(bytes, i);
    if (kind === other) return -1;
    if (kind !== digit) break;
    i++;
  }
  return i;
}

/** Through the last line end of the run; without one, all but the last character where something follows. */
function blankEnd(bytes: Uint8Array, start: number): number {
  let i = start;
  let afterLineEnd = -1;
  let kind = classAt(bytes, i);
  while (kind === space || kind === lineEnd) {
    i++;
    if (kind === lineEnd) afterLineEnd = i;
    kind = classAt(bytes, i);
  }
  if (kind === other) return -1;
  if (afterLineEnd >= 0) return afterLineEnd;
  return kind === end || i === start + 1 ? i : i - 1;
}

/** Of `'s`, `'ll` and the like at the apostrophe; 0 when it is none, -1 where a character beyond ASCII has a say. */
function contractionLength(bytes: Uint8Array, at: number): number {
  const kind = classAt(bytes, at + 1);
  if (kind === other) return -1;
  if (!isLetter(kind)) return 0;
  // Without the bit that tells capitals from small letters.
  const first = (bytes[at + 1] as number) & ~0x20;
  if (first === 0x53 || first === 0x54 || first === 0x4d || first === 0x44) return 2;
  const second = (bytes[at + 2] as number) & ~0x20;
  if ((first === 0x52 || first === 0x56) && second === 0x45) return 3;
  return first === 0x4c && second === 0x4c ? 3 : 0;
}
