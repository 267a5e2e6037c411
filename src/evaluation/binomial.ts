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
