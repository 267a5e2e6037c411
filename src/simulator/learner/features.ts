/** Features are hashed to this many ids, so that an id fits 16 bits. */
export const FEATURE_IDS = 65_536;

/** Text beyond this many characters is not read: the learner's context window. */
const MAX_CHARACTERS = 16_384;

/** Taken out once here and in other inner loops: looking a global up is slow in a vm context, where tests run. */
const { imul } = Math;

const WORD = /[\p{L}\p{M}\p{N}']+|\p{Extended_Pictographic}|[?!]/gu;
const SHORTEST_GRAM = 3;
const LONGEST_GRAM = 5;

/** FNV-1a's offset basis and prime; the basis is varied to keep words, word pairs and grams apart. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

function mix(hash: number, code: number): number {
  return imul(hash ^ code, PRIME);
}

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at++) mixed = mix(mixed, text.charCodeAt(at));
  return mixed;
}

/** Spreads the hash's bits (murmur3's finaliser) and keeps 16 of them. */
function toId(hash: number): number {
  let spread = hash ^ (hash >>> 16);
  spread = imul(spread, 0x85ebca6b);
  spread ^= spread >>> 13;
  spread = imul(spread, 0xc2b2ae35);
  return (spread ^ (spread >>> 16)) >>> 16;
}

function addGrams(word: string, space: number, into: Set<number>): void {
  const padded = ` ${word} `;
  for (let start = 0; start + SHORTEST_GRAM <= padded.length; start++) {
    let hash = BASIS ^ space ^ 0x33;
    const end = Math.min(padded.length, start + LONGEST_GRAM);
    for (let at = start; at < end; at++) {
      hash = mix(hash, padded.charCodeAt(at));
      if (at - start + 1 >= SHORTEST_GRAM) into.add(toId(hash));
    }
  }
}

/**
 * Adds the ids (0 to 65,535) of a text's words, neighbouring word pairs and character 3- to 5-grams.
 * `space` (a small integer) keeps texts of different kinds apart.
 */
export function addTextFeatures(text: string, space: number, into: Set<number>): void {
  const words = text.slice(0, MAX_CHARACTERS).normalize('NFKC').toLowerCase().match(WORD) ?? [];
  let previous = '';
  for (const word of words) {
    into.add(toId(mixText(BASIS ^ space ^ 0x11, word)));
    into.add(toId(mixText(mix(mixText(BASIS ^ space ^ 0x22, previous), 0x20), word)));
    addGrams(word, space, into);
    previous = word;
  }
}

/** A 32-bit hash of a text, the same on every machine. */
export function textHash(text: string): number {
  return mixText(BASIS, text) >>> 0;
}

/** The id of a text taken as a whole: the same text gives the same id, a similar one another. */
export function wholeTextFeature(text: string, space: number): number {
  return toId(mixText(BASIS ^ space ^ 0x44, text));
}

/** The distinct feature ids of a single text, in order of appearance. */
export function textFeatures(text: string): Uint16Array {
  const ids = new Set<number>();
  addTextFeatures(text, 0, ids);
  return Uint16Array.from(ids);
}
