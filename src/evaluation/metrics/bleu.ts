import { commonNgrams, ngramCount } from './ngrams.ts';
import { wordPunctTokens } from './tokens.ts';

const longest = 4;

/**
 * Sentence BLEU, as NLTK's `sentence_bleu` computes it over `wordpunct_tokenize`, with NIST's smoothing (`method3`) and
 * `auto_reweigh`, so that a short answer equal to its reference has 1; in [0, 1].
 */
export function bleu(answer: string, reference: string): number {
  const [said, hoped] = [wordPunctTokens(answer), wordPunctTokens(reference)];
  const matches = commonNgrams(said, hoped, longest);
  if (matches[0] === 0) return 0;
  let unmatched = 0;
  const precisions = matches.map((match, at) => {
    const all = Math.max(1, ngramCount(said.length, at + 1));
    if (match > 0) return match / all;
    unmatched += 1;
    return 1 / (2 ** unmatched * all);
  });
  const used = precisions.slice(0, Math.min(longest, said.length));
  const mean = sum(used.map(Math.log)) / used.length;
  const brevity = said.length > hoped.length ? 1 : Math.exp(1 - hoped.length / said.length);
  return brevity * Math.exp(mean);
}

/** Sentence GLEU ("Google BLEU"), as NLTK's `sentence_gleu` computes it over `wordpunct_tokenize`; in [0, 1]. */
export function gleu(answer: string, reference: string): number {
  const [said, hoped] = [wordPunctTokens(answer), wordPunctTokens(reference)];
  const common = sum(commonNgrams(said, hoped, longest));
  const counts = (tokens: number) => Array.from({ length: longest }, (_, at) => ngramCount(tokens, at + 1));
  const [saidCount, hopedCount] = [sum(counts(said.length)), sum(counts(hoped.length))];
  const most = Math.max(saidCount, hopedCount);
  return most === 0 ? 0 : common / most;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
