import { failureOf, gradeOne } from './support.ts';

const numeric = { type: 'numeric' } as const;

test.each([
  ['42', '42', true],
  ['42', 'The answer is 42.', true],
  ['42', 'First 41, then 42', true],
  ['42', '42 is not 41', false],
  ['1234.5', 'It costs $1,234.50.', true],
  ['1,234,567', '1234567', true],
  ['-3', 'minus: -3', true],
  ['-3', 'minus: −3', true],
  ['3', '-3', false],
  ['.5', '0.5', true],
  ['1e6', '1,000,000', true],
  ['6', 'gpt-6 says 6', true],
  ['7', 'v7', false],
  ['7', 'no number', false],
  ['12', '1 2', false],
])('the reference %j answered with %j: %j', async (reference, text, expected) => {
  expect((await gradeOne(numeric, { reference }, text)).passed).toBe(expected);
});

test('the first number counts where that is asked for', async () => {
  const first = { ...numeric, which: 'first' } as const;
  expect((await gradeOne(first, { reference: '42' }, '42 is not 41')).passed).toBe(true);
});

test.each([
  [{ absolute: 0.5 }, '100', '100.5', true],
  [{ absolute: 0.5 }, '100', '100.51', false],
  [{ relative: 0.01 }, '100', '101', true],
  [{ relative: 0.01 }, '-100', '-101.1', false],
  [{ relative: 0.01, absolute: 5 }, '100', '105', true],
])('within %j of %s is %s: %j', async (tolerance, reference, text, expected) => {
  expect((await gradeOne({ ...numeric, ...tolerance }, { reference }, text)).passed).toBe(expected);
});

test('a reference without a number cannot be graded by', async () => {
  const failure = await failureOf(() => gradeOne(numeric, { reference: 'forty-two' }, '42'));
  expect(failure).toEqual({ code: 'grader_failed', message: 'There is no number in the reference.' });
});
