import { seededRandom } from '../../src/datasets/random.ts';
import { logBinomial } from '../../src/evaluation/binomial.ts';
import {
  bootstrapMean,
  examplesNeeded,
  holm,
  mcnemarTest,
  pairedInterval,
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

describe('the interval of a difference of paired shares', () => {
  // R: contingencytables::Tango_asymptotic_score_CI_paired_2x2(bentur_2009), of Fagerland, Lydersen and Laake (2014).
  test('is that of published data', () => {
    const { low, high } = pairedInterval({ examples: 21, fixed: 1, broken: 7 });
    expect([low, high]).toEqual([expect.closeTo(-0.517, 3), expect.closeTo(-0.026, 3)]);
  });

  test.each([5, 30, 1000])('keeps the width that %i examples can show where no answer changed', (examples) => {
    const square = 1.959963984540054 ** 2;
    const most = square / (examples + square);
    const { low, high } = pairedInterval({ examples, fixed: 0, broken: 0 });
    expect([low, high]).toEqual([expect.closeTo(-most, 9), expect.closeTo(most, 9)]);
  });

  test.each([
    [7, 7, 0, 1],
    [7, 0, 7, -1],
  ])('of %i examples with %i fixed and %i broken ends where a difference ends', (examples, fixed, broken, value) => {
    const { low, high } = pairedInterval({ examples, fixed, broken });
    expect(Math.sign(value) * (value > 0 ? high : low)).toBe(1);
    expect(high - low).toBeGreaterThan(0.5);
  });

  test('turns around with the models', () => {
    const one = pairedInterval({ examples: 118, fixed: 59, broken: 9 });
    const other = pairedInterval({ examples: 118, fixed: 9, broken: 59 });
    expect(other).toEqual({ value: -one.value, low: expect.closeTo(-one.high, 9), high: expect.closeTo(-one.low, 9) });
  });

  // numpy 2.4.6, 4,000,000 draws of rng.multinomial(3080, [900, 40, 2140] / 3080), seed 7: the percentiles of the bootstrap.
  test('agrees with the bootstrap where there are many examples', () => {
    const { low, high } = pairedInterval({ examples: 3080, fixed: 900, broken: 40 });
    expect(Math.abs(low - 0.2623376623376623)).toBeLessThan(0.001);
    expect(Math.abs(high - 0.2961038961038961)).toBeLessThan(0.001);
  });

  test('is wider where more confidence is asked for', () => {
    const counts = { examples: 200, fixed: 30, broken: 20 };
    expect(pairedInterval(counts, 0.99).low).toBeLessThan(pairedInterval(counts).low);
    expect(pairedInterval(counts, 0.8).low).toBeGreaterThan(pairedInterval(counts).low);
  });

  // Every outcome of 40 examples, weighed by its chance: no sampling error.
  test.each([
    [0.1, 0.1],
    [0.02, 0.05],
    [0.3, 0.05],
    [0.01, 0.01],
  ])('holds the true difference in 19 of 20 samples, where %d is fixed and %d broken', (fixedShare, brokenShare) => {
    const examples = 40;
    let held = 0;
    for (let fixed = 0; fixed <= examples; fixed++) {
      for (let broken = 0; broken <= examples - fixed; broken++) {
        const { low, high } = pairedInterval({ examples, fixed, broken });
        if (low > fixedShare - brokenShare || high < fixedShare - brokenShare) continue;
        const chance =
          logBinomial(fixed, examples, fixedShare) +
          (fixed === examples ? 0 : logBinomial(broken, examples - fixed, brokenShare / (1 - fixedShare)));
        held += Math.exp(chance);
      }
    }
    expect(held).toBeGreaterThan(0.93);
  });
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
  // Where nothing changes the interval ends at 3.8415 / (189 + 3.8415) = 0.0199.
  [{ examples: 30, fixed: 0, broken: 0 }, -0.02, 189],
])('%j and a margin of %d need %s examples', (counts, margin, needed) => {
  expect(examplesNeeded(counts, margin)).toBe(needed);
});
