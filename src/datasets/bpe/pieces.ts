import type { Encoding } from './vocabulary.ts';

/** Cuts a text into the pieces within which tokens are merged. */
export interface Splitter {
  /** The end of the piece that begins at `start`. */
  endOf(text: string, start: number): number;
}

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
const tail = [
  '\\p{N}{1,3}',
  ` ?[^${white}\\p{L}\\p{N}]+`,
  `${white}*[\\r\\n]+`,
  `${white}+(?!${notWhite})`,
  `${white}+`,
];
const [number, symbols, ...blank] = tail as [string, string, ...string[]];

const patterns: Record<Encoding, string> = {
  o200k_base: [
    `${lead}${upper}*${lower}+(?:${contraction})?`,
    `${lead}${upper}+${lower}*(?:${contraction})?`,
    number,
    `${symbols}[\\r\\n/]*`,
    ...blank,
  ].join('|'),
  cl100k_base: [contraction, `${lead}\\p{L}+`, number, `${symbols}[\\r\\n]*`, ...blank].join('|'),
};

/** Classes of ASCII characters. */
const symbol = 0;
const small = 1;
const capital = 2;
const digit = 3;
const space = 4;
const lineEnd = 5;
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const letter = String.fromCharCode(code);
  if (/[a-z]/.test(letter)) classes[code] = small;
  else if (/[A-Z]/.test(letter)) classes[code] = capital;
  else if (/[0-9]/.test(letter)) classes[code] = digit;
  else if (/[\r\n]/.test(letter)) classes[code] = lineEnd;
  else if (/[ \t\v\f]/.test(letter)) classes[code] = space;
}
/** Of a character beyond ASCII, and of the end of the text. */
const other = 6;
const end = 7;
const blankCode = 0x20;
const apostrophe = 0x27;
const slash = 0x2f;

function classAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  if (code < 128) return classes[code] as number;
  return code >= 128 ? other : end;
}

const isLetter = (kind: number) => kind === small || kind === capital;

/** Text in ASCII is cut by hand, ten times as fast as by the pattern; the pattern cuts whatever touches other text. */
export function splitter(encoding: Encoding): Splitter {
  const pattern = new RegExp(patterns[encoding], 'uy');
  const modern = encoding === 'o200k_base';

  function byPattern(text: string, start: number): number {
    pattern.lastIndex = start;
    pattern.test(text);
    return pattern.lastIndex;
  }

  /** -1 where a character beyond ASCII has a say. */
  function wordEnd(text: string, start: number): number {
    let i = start;
    let kind = classAt(text, i);
    if (modern) {
      while (kind === capital) kind = classAt(text, ++i);
      while (kind === small) kind = classAt(text, ++i);
    } else {
      while (isLetter(kind)) kind = classAt(text, ++i);
    }
    if (kind === other) return -1;
    if (!modern || text.charCodeAt(i) !== apostrophe) return i;
    const length = contractionLength(text, i);
    return length < 0 ? -1 : i + length;
  }

  function symbolsEnd(text: string, start: number): number {
    let i = start;
    let kind = classAt(text, i);
    while (kind === symbol) kind = classAt(text, ++i);
    while (kind === lineEnd || (modern && text.charCodeAt(i) === slash)) kind = classAt(text, ++i);
    return kind === other ? -1 : i;
  }

  function inAscii(text: string, start: number): number {
    const first = classAt(text, start);
    if (isLetter(first)) return wordEnd(text, start);
    if (first === digit) return numberEnd(text, start);
    if (first === other) return -1;
    if (!modern && text.charCodeAt(start) === apostrophe) {
      const length = contractionLength(text, start);
      if (length !== 0) return length < 0 ? -1 : start + length;
    }
    const second = classAt(text, start + 1);
    if (second === other) return -1;
    if (first !== lineEnd && isLetter(second)) return wordEnd(text, start + 1);
    if (first === symbol) return symbolsEnd(text, start);
    if (second === symbol && text.charCodeAt(start) === blankCode) return symbolsEnd(text, start + 1);
    return blankEnd(text, start);
  }

  return {
    endOf(text, start) {
      const word = plainWordEnd(text, start);
      if (word >= 0) return word;
      const found = inAscii(text, start);
      return found < 0 ? byPattern(text, start) : found;
    },
  };
}

/** Most pieces are a word in small letters, with or without a space before it; -1 for all others. */
function plainWordEnd(text: string, start: number): number {
  let i = start;
  let code = text.charCodeAt(i);
  if (code === blankCode) code = text.charCodeAt(++i);
  if (!(code >= 0x61 && code <= 0x7a)) return -1;
  do code = text.charCodeAt(++i);
  while (code >= 0x61 && code <= 0x7a);
  const ends = code < 0x41 || (code > 0x5a && code < 0x80);
  return (ends && code !== apostrophe) || i === text.length ? i : -1;
}

function numberEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < start + 3) {
    const kind = classAt(text, i);
    if (kind === other) return -1;
    if (kind !== digit) break;
    i++;
  }
  return i;
}

/** Through the last line end of the run; without one, all but the last character where something follows. */
function blankEnd(text: string, start: number): number {
  let i = start;
  let afterLineEnd = -1;
  let kind = classAt(text, i);
  while (kind === space || kind === lineEnd) {
    i++;
    if (kind === lineEnd) afterLineEnd = i;
    kind = classAt(text, i);
  }
  if (kind === other) return -1;
  if (afterLineEnd >= 0) return afterLineEnd;
  return kind === end || i === start + 1 ? i : i - 1;
}

/** Of `'s`, `'ll` and the like at the apostrophe; 0 when it is none, -1 where a character beyond ASCII has a say. */
function contractionLength(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (next >= 128) return -1;
  // Without the bit that tells capitals from small letters.
  const first = next & ~0x20;
  if (!isLetter(classAt(text, at + 1))) return 0;
  if (first === 0x53 || first === 0x54 || first === 0x4d || first === 0x44) return 2;
  const second = text.charCodeAt(at + 2) & ~0x20;
  if ((first === 0x52 || first === 0x56) && second === 0x45) return 3;
  return first === 0x4c && second === 0x4c ? 3 : 0;
}
