import { distribution } from '../../../src/datasets/inspection/distribution.ts';
import { seededRandom } from '../../../src/datasets/random.ts';

function of(values: readonly number[]) {
  const counted = distribution();
  for (const value of values) counted.add(value);
  return counted;
}

test('nothing is spread over no examples', () => {
  expect(of([]).spread()).toEqual({ min: 0, p5: 0, median: 0, mean: 0, p95: 0, max: 0 });
  expect(of([]).ranges()).toEqual([]);
});

test('percentiles between two examples are interpolated, as NumPy does', () => {
  expect(of([7]).spread()).toEqual({ min: 7, p5: 7, median: 7, mean: 7, p95: 7, max: 7 });
  // numpy.quantile([1, 2, 3, 10], [0.05, 0.5, 0.95])
  const spread = of([10, 1, 3, 2]).spread();
  expect(spread).toMatchObject({ min: 1, median: 2.5, mean: 4, max: 10 });
  expect(spread.p5).toBeCloseTo(1.15, 9);
  expect(spread.p95).toBeCloseTo(8.95, 9);
});

test('numbers of any size, the large ones to 0.003%', () => {
  const random = seededRandom(5);
  const values = Array.from({ length: 2001 }, () => Math.floor(2 ** (random() * 24)));
  const sorted = values.toSorted((a, b) => a - b);
  const spread = of(values).spread();
  expect(spread).toMatchObject({ min: sorted[0], max: sorted[2000] });
  for (const [told, place] of [
    [spread.p5, 100],
    [spread.median, 1000],
    [spread.p95, 1900],
  ] as const) {
    const value = sorted[place] ?? Number.NaN;
    expect(Math.abs(told - value) / value).toBeLessThan(0.00004);
  }
});

test('ranges double; those before the first example are left out', () => {
  expect(
    of([0, 16, 17, 65_536, 65_540])
      .ranges()
      .filter(({ examples }) => examples > 0),
  ).toEqual([
    { upTo: 16, examples: 2 },
    { upTo: 32, examples: 1 },
    { upTo: 65_536, examples: 1 },
    { upTo: 131_072, examples: 1 },
  ]);
  expect(of([40, 100]).ranges()).toEqual([
    { upTo: 64, examples: 1 },
    { upTo: 128, examples: 1 },
  ]);
});
