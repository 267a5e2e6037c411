/** What is counted at once: working memory is 28 bytes for each byte of an unbroken run. */
export const partLetters = 1 << 20;
/** Within so many letters before the end of a part a place is looked for at which a piece surely ends. */
const lookedThrough = 1 << 16;
/** Behind such a letter, whatever stands before it, a piece ends in either encoding. */
const pieceEnd = /\p{L}(?=[^\p{L}\p{M}'])/u;

/**
 * A text in parts whose token counts add up to its own, save where a run of over a million letters has no end of a word: a
 * cut through one may add a few tokens.
 */
export function* partsOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > partLetters) {
    const to = endOfPart(text, from + partLetters);
    yield text.slice(from, to);
    from = to;
  }
  yield text.slice(from);
}

function endOfPart(text: string, limit: number): number {
  const start = limit - lookedThrough;
  const found = pieceEnd.exec(text.slice(start, limit));
  // No half of a surrogate pair is a letter.
  if (found) return start + found.index + found[0].length;
  return wholeUpTo(text, limit);
}

/** The limit, or one less where a text cut there would be cut through a surrogate pair. */
export function wholeUpTo(text: string, limit: number): number {
  return /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}
