/** Of a long text no further word is looked at. */
const mostFeatures = 256;
/** Scripts that put no space between words are read letter by letter. */
const letter = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}]';
const word = new RegExp(`${letter}|(?:(?!${letter})[\\p{L}\\p{N}])+`, 'gu');
/** Enough letters for so many words of any language. */
const mostLetters = 20 * mostFeatures;

/** The words of a text and its pairs of words, as hashes of 32 bits. */
export function wordHashes(text: string): Set<number> {
  const found = text.slice(0, mostLetters).toLowerCase().match(word) ?? [];
  const hashes = new Set<number>();
  let before: number | undefined;
  for (const one of found) {
    if (hashes.size >= mostFeatures) break;
    const own = hash(one);
    hashes.add(own);
    if (before !== undefined) hashes.add(mixed(Math.imul(before, 0x9e3779b1) ^ own));
    before = own;
  }
  return hashes;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return mixed(value);
}

function mixed(value: number): number {
  const half = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return (whole ^ (whole >>> 16)) >>> 0;
}
