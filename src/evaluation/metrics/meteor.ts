import { stem } from './porter.ts';
import { wordPunctTokens } from './tokens.ts';

/** NLTK's defaults. */
const alpha = 0.9;
const beta = 3;
const gamma = 0.5;

/** A word and where it stands. */
type Placed = readonly [place: number, word: string];
type Match = readonly [said: number, hoped: number];

/**
 * METEOR of 2005, as NLTK's `meteor_score` computes it over `wordpunct_tokenize`, but for its last stage: words match
 * when they are equal or have the same stem, and not by WordNet's synonyms; in [0, 1].
 */
export function meteor(answer: string, reference: string): number {
  const [said, hoped] = [placed(answer), placed(reference)];
  const exact = align(said, hoped);
  const stems = align(exact.said.map(stemmed), exact.hoped.map(stemmed));
  const matches = [...exact.matches, ...stems.matches];
  if (matches.length === 0) return 0;
  const precision = matches.length / said.length;
  const recall = matches.length / hoped.length;
  const mean = (precision * recall) / (alpha * precision + (1 - alpha) * recall);
  return (1 - gamma * (chunks(matches) / matches.length) ** beta) * mean;
}

function placed(text: string): Placed[] {
  return wordPunctTokens(text).map((word, place) => [place, word.toLowerCase()]);
}

function stemmed([place, word]: Placed): Placed {
  return [place, stem(word)];
}

/** Pairs equal words, from the end on; what finds none is left over. */
function align(said: readonly Placed[], hoped: readonly Placed[]) {
  const places = new Map<string, number[]>();
  for (const [place, word] of hoped) places.set(word, [...(places.get(word) ?? []), place]);
  const matches: Match[] = [];
  for (const [place, word] of said.toReversed()) {
    const last = places.get(word)?.pop();
    if (last !== undefined) matches.push([place, last]);
  }
  const [saidMatched, hopedMatched] = [new Set(matches.map(([a]) => a)), new Set(matches.map(([, b]) => b))];
  return {
    matches,
    said: said.filter(([place]) => !saidMatched.has(place)),
    hoped: hoped.filter(([place]) => !hopedMatched.has(place)),
  };
}

/** Into how few runs, that stand in the same order in both, the matches fall. */
function chunks(matches: readonly Match[]): number {
  const sorted = matches.toSorted(([a], [b]) => a - b);
  let count = 0;
  let before: Match | undefined;
  for (const match of sorted) {
    if (!before || match[0] !== before[0] + 1 || match[1] !== before[1] + 1) count += 1;
    before = match;
  }
  return count;
}
