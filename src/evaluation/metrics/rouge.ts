import { lcsLength } from './lcs.ts';
import { commonNgrams, ngramCount } from './ngrams.ts';
import { rougeTokens } from './tokens.ts';

/** The F-measure of ROUGE-N, as Google's `rouge_score` computes it without its stemmer; in [0, 1]. */
export function rougeN(answer: string, reference: string, n: number): number {
  const [said, hoped] = [rougeTokens(answer), rougeTokens(reference)];
  const common = commonNgrams(said, hoped, n).at(-1) ?? 0;
  return fMeasure(common, ngramCount(said.length, n), ngramCount(hoped.length, n));
}

/** The same of ROUGE-L, over the longest common subsequence of the whole texts. */
export function rougeL(answer: string, reference: string): number {
  const [said, hoped] = [rougeTokens(answer), rougeTokens(reference)];
  return fMeasure(lcsLength(hoped, said), said.length, hoped.length);
}

function fMeasure(common: number, said: number, hoped: number): number {
  const precision = common / Math.max(said, 1);
  const recall = common / Math.max(hoped, 1);
  return common === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
