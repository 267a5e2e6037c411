import { ngramCount, ngrams, overlap } from './ngrams.ts';
import { wordPunctTokens } from './tokens.ts';

const longest = 4;

/**
 * Sentence BLEU, as NLTK's `sentence_bleu` computes it over `wordpunct_tokenize`, with NIST's smoothing (`method3`) and
 * `auto_reweigh`, so that a short answer equal to its reference has 1; in [0, 1].
 */
export function bleu(answer: string, reference: string): number {
  const [said, hoped] = [wordPunctTokens(answer), wordPunctTokens(reference)];
  const matches = orders(longest).map((n) => overlap(ngrams(said, n), ngrams(hoped, n)));
  if (matches[0] === 0) return 0;
  let unmatched = 0;
  const precisions = matches.map((match, at) => {
    const all = Math.max(1, ngramCount(said.length, at + 1));
    if (match > 0) return match / all;
    unmatched += 1;
    return 1 / (2 ** unmatched * all);
  });
  const used = precisions.slice(0, Math.min(longest, said.length));
  const mean = used.reduce((sum, precision) => sum + Math.log(precision), 0) / used.length;
  const brevity = said.length > hoped.length ? 1 : Math.exp(1 - hoped.length / said.length);
  return brevity * Math.exp(mean);
}

/** Sentence GLEU ("Google BLEU"), as NLTK's `sentence_gleu` computes it over `wordpunct_tokenize`; in [0, 1]. */
export function gleu(answer: string, reference: string): number {
  const [said, hoped] = [wordPunctTokens(answer), wordPunctTokens(reference)];
  let common = 0;
  let saidCount = 0;
  let hopedCount = 0;
  for (const n of orders(longest)) {
    common += overlap(ngrams(said, n), ngrams(hoped, n));
    saidCount += ngramCount(said.length, n);
    hopedCount += ngramCount(hoped.length, n);
  }
  const most = Math.max(saidCount, hopedCount);
  return most === 0 ? 0 : common / most;
}

function orders(most: number): number[] {
  return Array.from({ length: most }, (_, at) => at + 1);
}
