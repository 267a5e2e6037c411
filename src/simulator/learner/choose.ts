import { seededRandom } from './random.ts';

/** A possible answer and its score; scores are logits, so that a softmax of them gives probabilities. */
export interface Candidate {
  text: string;
  logit: number;
}

/** How an answer is drawn. */
export interface AnswerOptions {
  /** 0 or absent takes the likeliest answer; above 0 draws from the softmax of the scores divided by it. */
  temperature?: number;
  /** Makes a draw repeatable for the same prompt. */
  seed?: number;
}

/** Takes or draws one of the candidates, of which there must be one at least; equal scores: the first. */
export function choose(candidates: readonly Candidate[], options: AnswerOptions, promptHash: number): string {
  const best = candidates.reduce((left, right) => (right.logit > left.logit ? right : left));
  const temperature = options.temperature ?? 0;
  if (!(temperature > 0)) return best.text;
  const shares = candidates.map(({ logit }) => Math.exp((logit - best.logit) / temperature));
  const random = options.seed === undefined ? Math.random : seededRandom(options.seed, promptHash);
  let left = random() * shares.reduce((sum, share) => sum + share, 0);
  const drawn = candidates.find((_, at) => {
    left -= shares[at] ?? 0;
    return left < 0;
  });
  return (drawn ?? best).text;
}
