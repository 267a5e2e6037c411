import { timeOf, withoutFields } from '../../../src/datasets/split/fields.ts';

const utc = Date.parse('2026-03-29T01:30:00Z');

test.each([
  '2026-03-29T01:30:00Z',
  '2026-03-29T01:30',
  '2026-03-29 01:30:00',
  '2026-03-29T03:30:00.000+02:00',
  '2026-03-29T03:30:00+0200',
])('%s is a time, in UTC where it says no other', (at) => {
  expect(timeOf({ at }, 'at')).toBe(utc);
});

test.each(['50', '1', 'March 7', '29.03.2026', ''])('the text "%s" is no ISO time', (at) => {
  expect(timeOf({ at }, 'at')).toBeUndefined();
});

test('a day, a month, a year and a number are times', () => {
  expect(['2026-03-29', '2026-03', '2026'].map((at) => timeOf({ at }, 'at'))).toEqual([
    Date.parse('2026-03-29T00:00:00Z'),
    Date.parse('2026-03-01T00:00:00Z'),
    Date.parse('2026-01-01T00:00:00Z'),
  ]);
  expect(timeOf({ at: 50 }, 'at')).toBe(50);
});

test('fields are left out, and every other stays as it is written', () => {
  const limit = '"tools": [{"maximum": 12345678901234567890, "say": "a\\"}, \\\\"}]';
  expect(withoutFields(`{ "day" : "2026-03-29", ${limit},"n":1.50}`, ['day'])).toBe(`{${limit},"n":1.50}`);
  expect(withoutFields(`{${limit}, "a\\u0064": {"day": [1, {}]}, "day": {"b": ","}}`, ['ad', 'day'])).toBe(
    `{${limit}}`,
  );
  expect(withoutFields('{"day":1}', ['day'])).toBe('{}');
  expect(withoutFields('{"__proto__":1,"day":2}', ['day'])).toBe('{"__proto__":1}');
});
