import { seededRandom } from '../../src/datasets/random.ts';
import { drawBinomial, logBinomial } from '../../src/evaluation/binomial.ts';
import {
  bootstrapDifference,
  bootstrapMean,
  examplesNeeded,
  holm,
  mcnemarTest,
  permutationTest,
  wilsonInterval,
} from '../../src/evaluation/statistics.ts';

// statsmodels 0.15.0: proportion_confint(passed, examples, method='wilson')
test.each([
  [0, 10, 0, 0.27753279986288926],
  [10, 10, 0.7224672001371106, 1],
  [1, 1, 0.2065493143772374, 1],
  [8, 10, 0.49016247153664183, 0.9433178485456247],
  [49, 118, 0.3303887547125158, 0.5054635061387543],
  [2803, 3080, 0.8994439733575629, 0.9196642829293796],
  [500_000, 1_000_000, 0.4990200198900048, 0.5009799801099952],
])('the Wilson interval of %i in %i', (passed, examples, low, high) => {
  const interval = wilsonInterval(passed, examples);
  expect(interval.value).toBe(passed / examples);
  expect(interval.low).toBeCloseTo(low, 12);
  expect(interval.high).toBeCloseTo(high, 12);
});

// statsmodels 0.15.0: mcnemar([[0, fixed], [broken, 0]], exact=True).pvalue; 5 and 5, 0 and 0 by definition
test.each([
  [0, 0, 1],
  [5, 5, 1],
  [10, 0, 0.001953125],
  [1, 6, 0.125],
  [7, 2, 0.1796875],
  [59, 9, 3.914123197106857e-10],
  [1200, 1100, 0.03896685268382023],
  [501_000, 499_000, 0.0456082998653896],
])('the exact McNemar test of %i fixed and %i broken', (fixed, broken, expected) => {
  expect(mcnemarTest({ fixed, broken }) / expected).toBeCloseTo(1, 7);
  expect(mcnemarTest({ fixed: broken, broken: fixed })).toBe(mcnemarTest({ fixed, broken }));
});

// scipy 1.17.1: binom.logpmf(hits, trials, chance)
test.each([
  [3, 10, 0.3, -1.321151277766889],
  [31, 64, 0.4, -3.240749360632151],
  [500, 1000, 0.5, -3.6799189920933486],
  [300_000, 1_000_000, 0.3, -7.046370251453482],
])('the logarithm of the chance of %i hits in %i', (hits, trials, chance, expected) => {
  expect(logBinomial(hits, trials, chance)).toBeCloseTo(expected, 8);
});

describe('the bootstrap interval', () => {
  // numpy 2.4.6, 4,000,000 draws of rng.multinomial(examples, [fixed, broken, same] / examples), seed 7:
  // np.quantile((fixed - broken) / examples, [.025, .975]). 10,000 resamples stay within 2 examples or 3 in a thousand.
  test.each([
    [118, 59, 9, 0.3050847457627119, 0.5338983050847458],
    [3080, 900, 40, 0.2623376623376623, 0.2961038961038961],
    [50, 6, 5, -0.1, 0.14],
    [10, 4, 0, 0.1, 0.7],
  ])('of %i examples, %i fixed, %i broken agrees with numpy', (examples, fixed, broken, low, high) => {
    const interval = bootstrapDifference({ examples, fixed, broken }, 1);
    const slack = Math.min(2 / examples, 0.02) + 0.001;
    expect(interval.value).toBe((fixed - broken) / examples);
    expect(Math.abs(interval.low - low)).toBeLessThan(slack);
    expect(Math.abs(interval.high - high)).toBeLessThan(slack);
  });

  test('is the same for the same seed and another for another', () => {
    const counts = { examples: 3080, fixed: 900, broken: 40 };
    expect(bootstrapDifference(counts, 5)).toEqual(bootstrapDifference(counts, 5));
    const low = new Set([1, 2, 3, 4, 2 ** 32 + 1].map((seed) => bootstrapDifference(counts, seed).low));
    expect(low.size).toBeGreaterThan(1);
  });

  test.each([
    [7, 0, 0, 0],
    [7, 7, 0, 1],
    [7, 0, 7, -1],
  ])('has no width when all %i examples agree (%i fixed, %i broken)', (examples, fixed, broken, value) => {
    expect(bootstrapDifference({ examples, fixed, broken }, 1)).toEqual({ value, low: value, high: value });
  });
});

test.each([
  [40, 0.1],
  [1000, 0.97],
  [1_000_000, 0.3],
])('binomial draws of %i trials at %d have the right mean and variance', (trials, chance) => {
  const random = seededRandom(3);
  const draws = Array.from({ length: 20_000 }, () => drawBinomial(random, trials, chance));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  const expected = trials * chance * (1 - chance);
  // Five standard errors of a mean of 20,000.
  expect(Math.abs(mean - trials * chance)).toBeLessThan(5 * Math.sqrt(expected / draws.length));
  expect(variance / expected).toBeGreaterThan(0.95);
  expect(variance / expected).toBeLessThan(1.05);
  expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= trials)).toBe(true);
});

test('random numbers fill [0, 1) evenly from the first one on, for neighbouring seeds too', () => {
  const tenths = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 20_000; seed++) {
    const tenth = Math.floor(seededRandom(seed)() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  // 2,000 each with a standard deviation of 42.
  expect(Math.min(...tenths)).toBeGreaterThan(1790);
  expect(Math.max(...tenths)).toBeLessThan(2210);
});

// statsmodels 0.15.0: multipletests(p, method='holm')[1]
test.each([
  [
    [0.01, 0.04, 0.03],
    [0.03, 0.06, 0.06],
  ],
  [
    [0.5, 0.9],
    [1, 1],
  ],
  [[0.02], [0.02]],
  [[], []],
])('Holm corrects %j to %j', (pValues, expected) => {
  expect(holm(pValues)).toEqual(expected.map((p) => expect.closeTo(p, 12)));
});

describe('differences that are any number', () => {
  const differences = Float64Array.from([0.5, -0.25, 1, 0, 0.75, 0.25, -0.5, 1, 0.5, 0.25, 0, 0.75]);

  test('have an interval that agrees with 200,000 resamples', () => {
    // Python: sorted means of 200,000 random.choice resamples, seed 1, at 2.5% and 97.5%: 0.08333 and 0.60417
    const interval = bootstrapMean(differences, 1);
    expect(interval.value).toBeCloseTo(0.3541666667, 9);
    expect(interval.low).toBeCloseTo(0.08333, 1);
    expect(interval.high).toBeCloseTo(0.60417, 1);
    expect(bootstrapMean(differences, 1, 0.8).low).toBeGreaterThan(interval.low);
  });

  test('are tested by drawing their signs', () => {
    // Python: of all 4,096 signs (itertools.product) 176 give a mean at least so far from 0
    expect(permutationTest(differences, 1)).toBeCloseTo(176 / 4096, 2);
    expect(permutationTest(Float64Array.from([0, 0, 0]), 1)).toBe(1);
  });
});

test.each([
  // Connor (1987), by hand: ((1.95996 * sqrt(.2) + .84162 * sqrt(.2 - .01)) / .1)^2
  [{ examples: 100, fixed: 15, broken: 5 }, 0, 155],
  [{ examples: 100, fixed: 15, broken: 5 }, 0.1, undefined],
  [{ examples: 100, fixed: 15, broken: 5 }, -0.05, 69],
  [{ examples: 100, fixed: 5, broken: 5 }, 0, undefined],
])('%j and a margin of %d need %s examples', (counts, margin, needed) => {
  expect(examplesNeeded(counts, margin)).toBe(needed);
});
