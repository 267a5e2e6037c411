import type { Estimate } from '../contract/evaluation.ts';
import { seededRandom } from '../datasets/random.ts';
import { logBinomial } from './binomial.ts';
import { normalQuantile } from './normal.ts';

/** The standard normal distribution's 97.5% and 80% points. */
const z = 1.959963984540054;
const powerZ = 0.8416212335729143;
const resamples = 10_000;
const fewestResamples = 1_000;
const numbersDrawn = 50_000_000;
/** Of intervals, where nothing else is asked for. */
const usualConfidence = 0.95;

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
 * (fixed - broken) / examples with Tango's (1998) score interval for paired shares: the differences that the score test does
 * not reject. It keeps its width where few answers change, or none: then a resampled one would have shrunk to a point.
 */
export function pairedInterval(counts: PairedCounts, confidence = usualConfidence): Estimate {
  const { examples, fixed, broken } = counts;
  const value = (fixed - broken) / examples;
  const reach = normalQuantile((1 - confidence) / 2);
  const bound = (end: -1 | 1): number => {
    let inside = value;
    let outside: number = end;
    for (let halved = 0; halved < 60; halved++) {
      const middle = (inside + outside) / 2;
      if (Math.abs(pairedScore(counts, middle)) < reach) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { value, low: value === -1 ? -1 : bound(-1), high: value === 1 ? 1 : bound(1) };
}

/** How many standard errors, as they would be if the true difference were `difference`, lie between it and what was seen. */
function pairedScore({ examples, fixed, broken }: PairedCounts, difference: number): number {
  // The likeliest share of broken answers under that difference is a root of ax^2 + bx + c.
  const a = 2 * examples;
  const b = (a - fixed + broken) * difference - fixed - broken;
  const c = -broken * difference * (1 - difference);
  const brokenShare = (Math.sqrt(b * b - 4 * a * c) - b) / (2 * a);
  const variance = examples * (2 * brokenShare + difference * (1 - difference));
  const distance = fixed - broken - examples * difference;
  return distance === 0 ? 0 : distance / Math.sqrt(Math.max(0, variance));
}

/** The mean of differences that may be any number, with the percentile interval of up to 10,000 resamples of them. */
export function bootstrapMean(differences: Float64Array, seed: number, confidence = usualConfidence): Estimate {
  const random = seededRandom(seed);
  const { length } = differences;
  const means = Float64Array.from({ length: draws(length) }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < length; drawn++) sum += differences[Math.floor(random() * length)] ?? 0;
    return sum / length;
  }).sort();
  return { value: mean(differences), ...between(means, confidence) };
}

/**
 * Two-sided permutation test of paired differences: how often a mean at least so far from 0 comes out when the sign of
 * each difference is drawn. Of up to 10,000 draws and the data themselves, so never 0 (Phipson and Smyth, 2010).
 */
export function permutationTest(differences: Float64Array, seed: number): number {
  const random = seededRandom(seed);
  const distance = Math.abs(mean(differences)) * differences.length * (1 - 1e-12);
  const times = draws(differences.length);
  let asFar = 1;
  for (let draw = 0; draw < times; draw++) {
    let sum = 0;
    for (const difference of differences) sum += random() < 0.5 ? difference : -difference;
    if (Math.abs(sum) >= distance) asFar += 1;
  }
  return asFar / (times + 1);
}

/** P values after Holm's (1979) correction for the number of them, in the order in which they came. */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  const order = pValues.map((p, at) => ({ p, at })).sort((left, right) => left.p - right.p);
  order.forEach(({ p, at }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}

/**
 * How many examples would show, in 8 of 10 runs, that the difference is above `margin`, if it is what was seen and as
 * many answers change: the sample size for paired shares after Connor (1987), at a two-sided level of 5%, and no fewer than
 * the interval wants where nothing changes. Undefined when what was seen is not above the margin: no number of examples
 * would show it.
 */
export function examplesNeeded({ examples, fixed, broken }: PairedCounts, margin: number): number | undefined {
  const difference = (fixed - broken) / examples;
  const effect = difference - margin;
  if (effect <= 0) return undefined;
  const changed = (fixed + broken) / examples;
  const variance = Math.max(0, changed - difference ** 2);
  const connor = ((z * Math.sqrt(changed) + powerZ * Math.sqrt(variance)) / effect) ** 2;
  return Math.max(1, Math.ceil(connor), Math.ceil((z * z * (1 - effect)) / effect));
}

/**
 * Before anything was asked: how many examples show, in 8 of 10 runs, that a model which is as good loses no more than
 * `margin`, if so large a share of answers changes.
 */
export function examplesForMargin(margin: number, changed: number): number {
  return Math.ceil(((z + powerZ) ** 2 * changed) / margin ** 2);
}

/** The smallest margin that so many examples show, under the same assumptions. */
export function smallestMargin(examples: number, changed: number): number {
  return (z + powerZ) * Math.sqrt(changed / examples);
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

function between(sorted: Float64Array, confidence: number): Pick<Estimate, 'low' | 'high'> {
  const tail = (1 - confidence) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** Fewer of many examples, so that nothing else of the process waits for seconds: their means vary little. */
function draws(examples: number): number {
  return Math.max(fewestResamples, Math.min(resamples, Math.floor(numbersDrawn / examples)));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of at least one value. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** Of sorted values, with linear interpolation between neighbours. */
function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  return below + (above - below) * (position - Math.floor(position));
}
