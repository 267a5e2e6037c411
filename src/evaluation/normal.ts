/** The standard normal distribution's cumulative probability, by Marsaglia's (2004) series; exact to 15 digits for |z| < 7. */
function normalShare(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The z beyond which a share of `tail` lies, above 0 and at most a half. */
export function normalQuantile(tail: number): number {
  let low = 0;
  let high = 7;
  for (let halved = 0; halved < 60; halved++) {
    const middle = (low + high) / 2;
    if (1 - normalShare(middle) > tail) low = middle;
    else high = middle;
  }
  return low;
}
