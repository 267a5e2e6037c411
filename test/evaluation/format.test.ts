import {
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatUsd,
} from '../../src/evaluation/format.ts';

test.each([
  [formatPercent(0.842), '84.2%'],
  [formatPercent(1), '100.0%'],
  [formatPoints(0.427), '+42.7 points'],
  [formatPoints(-0.05), '-5.0 points'],
  [formatPoints(-0.0001), '0.0 points'],
  [formatPoints(0.0001), '0.0 points'],
  [formatInterval({ value: 0, low: -0.00001, high: 0.519 }), '0.0 to 51.9'],
  [formatUsd(0), '$0.00'],
  [formatUsd(0.00001), 'less than $0.0001'],
  [formatUsd(0.0421), '$0.0421'],
  [formatUsd(12.345), '$12.35'],
  [formatDuration(0), '0 ms'],
  [formatDuration(740), '740 ms'],
  [formatDuration(8_340), '8.3 s'],
  [formatDuration(59_990), '1 min 00 s'],
  [formatDuration(245_000), '4 min 05 s'],
  [formatDuration(7_620_000), '2 h 07 min'],
  [formatPValue(0.0004), 'p < 0.001'],
  [formatPValue(0.125), 'p = 0.125'],
  [formatCount(1, 'example'), '1 example'],
  [formatCount(10_003, 'example'), '10,003 examples'],
])('%s is %s', (formatted, expected) => {
  expect(formatted).toBe(expected);
});
