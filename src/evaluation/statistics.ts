import type { Estimate } from '../contract/evaluation.ts';
import { seededRandom } from '../datasets/random.ts';
import { drawBinomial, logBinomial } from './binomial.ts';

/** The standard normal distribution's 97.5% point. */
const z = 1.959963984540054;
const resamples = 10_000;

/** How two models did on the same examples: right only by the second (`fixed`), only by the first (`broken`). */
export interface PairedCounts {
  /** At least 1. */
  examples: number;
  fixed: number;
  broken: number;
}

/** A share with its 95% interval after Wilson (1927). `examples` is at least 1. */
export function wilsonInterval(passed: number, examples: number): Estimate {
  const share = passed / examples;
  const square = (z * z) / examples;
  const centre = share + square / 2;
  const half = z * Math.sqrt((share * (1 - share)) / examples + square / (4 * examples));
  return {
    value: share,
    low: passed === 0 ? 0 : (centre - half) / (1 + square),
    high: passed === examples ? 1 : (centre + half) / (1 + square),
  };
}

/**
 * (fixed - broken) / examples with the 95% percentile interval of 10,000 paired resamples. A resample is drawn as the
 * counts it would have, which for answers that are right or wrong is the same distribution as drawing each example.
 */
export function bootstrapDifference({ examples, fixed, broken }: PairedCounts, seed: number): Estimate {
  const random = seededRandom(seed);
  const differences = Float64Array.from({ length: resamples }, () => {
    const fixedDrawn = drawBinomial(random, examples, fixed / examples);
    const brokenChance = fixed === examples ? 0 : broken / (examples - fixed);
    const brokenDrawn = drawBinomial(random, examples - fixedDrawn, brokenChance);
    return (fixedDrawn - brokenDrawn) / examples;
  }).sort();
  return {
    value: (fixed - broken) / examples,
    low: quantile(differences, 0.025),
    high: quantile(differences, 0.975),
  };
}

/** McNemar's exact two-sided test: the chance of a split at least so uneven if neither model were better. */
export function mcnemarTest({ fixed, broken }: Pick<PairedCounts, 'fixed' | 'broken'>): number {
  const trials = fixed + broken;
  const fewer = Math.min(fixed, broken);
  if (fixed === broken) return 1;
  // The tail relative to its largest term, which alone may be too small to be a number.
  let sum = 1;
  let term = 1;
  for (let hits = fewer; hits > 0 && term > 1e-18; hits--) {
    term *= hits / (trials - hits + 1);
    sum += term;
  }
  return Math.min(1, 2 * Math.exp(logBinomial(fewer, trials, 0.5) + Math.log(sum)));
}

/** Of sorted values, with linear interpolation between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}
