import { failureOf, gradeOne, problems } from './support.ts';

const item = { reference: '' };

test.each([
  ['^[A-Z]{2}\\d{4}$', '', 'AB1234', true],
  ['^[A-Z]{2}\\d{4}$', '', 'ab1234', false],
  ['^[A-Z]{2}\\d{4}$', 'i', 'ab1234', true],
  ['order', '', 'your order is on its way', true],
  ['^b', '', 'a\nb', false],
  ['^b', 'm', 'a\nb', true],
  ['a.b', '', 'a\nb', false],
  ['a.b', 's', 'a\nb', true],
])('/%s/%s in %j: %j', async (pattern, flags, text, expected) => {
  expect((await gradeOne({ type: 'regex', pattern, flags }, item, text)).passed).toBe(expected);
  expect((await gradeOne({ type: 'regex', pattern, flags, expect: 'no_match' }, item, text)).passed).toBe(!expected);
});

test.each(['^(a+)+$', '(a|aa)+$', '(.*a){20}'])(
  '/%s/, which makes other engines hang, takes no time',
  async (pattern) => {
    const begun = performance.now();
    await gradeOne({ type: 'regex', pattern }, item, `${'a'.repeat(10_000)}!`);
    expect(performance.now() - begun).toBeLessThan(60_000);
  },
);

test.each(['(a)\\1', '(?=a)b', 'a(', '(?<!x)y'])('/%s/ is refused before any example is graded', async (pattern) => {
  const failure = await failureOf(() => gradeOne({ type: 'regex', pattern }, item, 'a'));
  expect(failure.code).toBe('invalid_config');
  expect(failure.message).toMatch(/^The grader's pattern cannot be used: /);
});

test('flags are i, m and s', () => {
  expect(problems({ type: 'regex', pattern: 'a', flags: 'g' })).toEqual(['flags: of i, m and s']);
});
