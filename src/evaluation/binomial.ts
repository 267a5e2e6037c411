import type { Random } from '../datasets/random.ts';

/** ln(n!), by Stirling's series; below 32 by the product, where the series is not yet exact. */
function logFactorial(n: number): number {
  if (n < 32) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const square = 1 / (n * n);
  const correction = (1 / 12 - square * (1 / 360 - square / 1260)) / n;
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + correction;
}

/** ln of the chance of exactly `hits` in `trials`, each with `chance` strictly between 0 and 1. */
export function logBinomial(hits: number, trials: number, chance: number): number {
  const ways = logFactorial(trials) - logFactorial(hits) - logFactorial(trials - hits);
  return ways + hits * Math.log(chance) + (trials - hits) * Math.log1p(-chance);
}

/**
 * Draws how many of `trials` succeed. It sums up the distribution from its middle outwards, so a draw takes about as
 * many steps as the standard deviation is wide, whatever `trials` is.
 */
export function drawBinomial(random: Random, trials: number, chance: number): number {
  if (trials === 0 || chance <= 0) return 0;
  if (chance >= 1) return trials;
  const odds = chance / (1 - chance);
  const middle = Math.min(trials, Math.floor((trials + 1) * chance));
  let low = middle;
  let high = middle;
  let atLow = Math.exp(logBinomial(middle, trials, chance));
  let atHigh = atLow;
  let left = random() - atLow;
  let drawn = middle;
  while (left > 0 && (low > 0 || high < trials)) {
    if (high < trials) {
      high += 1;
      atHigh *= ((trials - high + 1) / high) * odds;
      left -= atHigh;
      drawn = high;
    }
    if (left > 0 && low > 0) {
      atLow *= low / (trials - low + 1) / odds;
      low -= 1;
      left -= atLow;
      drawn = low;
    }
    // What rounding leaves over can never be used up.
    if (atLow < 1e-18 && atHigh < 1e-18) return middle;
  }
  return drawn;
}
