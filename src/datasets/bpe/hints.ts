/*
 * What in a text may be worth a closer look (`examples/texts.ts`): signs of addresses and phone numbers, the beginnings of keys, special
 * tokens, letters that an encoding has lost. The counter meets every byte of a text, and piece by piece: looking for hints there
 * takes hardly any time, where a pass of its own takes a seventh of that of all checks and counts.
 */

/** By a byte: what stands beside it, in UTF-8 and so far from it, one of which makes it a hint; by itself where none is named. */
const beside: Readonly<Record<string, readonly [distance: number, bytes: string][]>> = {
  '@': [],
  '\0': [],
  '+': [...'123456789'].map((digit) => [1, digit]),
  '|': [[-1, '<']],
  '-': [
    [-2, 'sk'],
    [-4, 'xox'],
    [-5, 'glpat'],
    [1, 'BEGIN'],
  ],
  _: [
    [-2, 'hf'],
    [-3, 'npm'],
    [-3, 'gh'],
    [-3, 'pat'],
    [-4, 'live'],
  ],
  A: [
    [1, 'KIA'],
    [1, 'SIA'],
    [1, 'Iza'],
  ],
  // In the JSON of arguments, a letter by its number.
  '\\': [[1, 'u']],
  // Ã, Â, Ð, Ñ, â, ð and what UTF-8 read as Latin 1 or Windows 1252 has behind them.
  '\xc3': [
    [1, '\x83\xc2'],
    [1, '\x83\xc5'],
    [1, '\x83\xcb'],
    [1, '\x83\xe2'],
    [1, '\x82\xc2'],
    [1, '\x90\xc2'],
    [1, '\x91\xc2'],
    [1, '\xa2\xe2\x82\xac'],
    [1, '\xa2\xc2\x80'],
    [1, '\xb0\xc5\xb8'],
    [1, '\xb0\xc2\x9f'],
  ],
  // U+FFFD.
  '\xef': [[1, '\xbf\xbd']],
};

/** By the byte: whether it may be a hint. */
export const watched = new Uint8Array(256);
const besideByte: (readonly (readonly [distance: number, bytes: Uint8Array])[])[] = Array.from(watched, () => []);
for (const [byte, all] of Object.entries(beside)) {
  watched[byte.charCodeAt(0)] = 1;
  besideByte[byte.charCodeAt(0)] = all.map(([distance, bytes]) => [distance, Buffer.from(bytes, 'latin1')]);
}

/** Whether a watched byte is a hint. */
export function isHint(bytes: Uint8Array, at: number): boolean {
  const all = besideByte[bytes[at] as number] as (typeof besideByte)[number];
  return all.length === 0 || all.some(([distance, word]) => stand(bytes, at + distance, word));
}

/** Whether one of some bytes is a hint. */
export function hasHint(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (watched[bytes[at] as number] !== 0 && isHint(bytes, at)) return true;
  return false;
}

const blank = 0x20;
const hyphen = 0x2d;
/** An undivided number is looked at so far. */
const mostDigits = 8;

/** Whether a number of three digits and more is one: with four behind three and a hyphen, or behind four and a blank, a hyphen or nothing. */
export function isLongNumber(bytes: Uint8Array, start: number): boolean {
  let end = start + 3;
  while (end < start + mostDigits && isDigit(bytes[end])) end++;
  if (end === start + mostDigits) return true;
  if (bytes[end] !== hyphen && (bytes[end] !== blank || end === start + 3)) return false;
  return isDigit(bytes[end + 1]) && isDigit(bytes[end + 2]) && isDigit(bytes[end + 3]) && isDigit(bytes[end + 4]);
}

function stand(bytes: Uint8Array, from: number, word: Uint8Array): boolean {
  if (from < 0) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
