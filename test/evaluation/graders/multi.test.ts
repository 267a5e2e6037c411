import fc from 'fast-check';
import { parseFormula } from '../../../src/evaluation/graders/formula.ts';
import { failureOf, gradeOne, problems } from './support.ts';

describe('formulas', () => {
  const values = { a: 2, b: 0.5, c: -3, min_score: 7 };
  test.each([
    ['a + b * 2', 3],
    ['(a + b) * 2', 5],
    ['a - b - 1', 0.5],
    ['a / b / 2', 2],
    ['2 ^ 3 ^ 2', 512],
    ['-a ^ 2', -4],
    ['(-a) ^ 2', 4],
    ['a ^ -1', 0.5],
    ['--a', 2],
    ['+a - -b', 2.5],
    ['min(a, b, c) + max(a, b)', -1],
    ['abs(c)', 3],
    ['floor(2.7) + ceil(2.1)', 5],
    ['exp(0) + sqrt(4) + log(1)', 3],
    ['0.5 * a + .5 * b + 1e-1', 1.35],
    ['min_score', 7],
  ])('%s is %d', (formula, expected) => {
    expect(parseFormula(formula, Object.keys(values))(values)).toBeCloseTo(expected, 12);
  });

  test.each([
    ['', 'has something that no formula has'],
    ['a +', 'ends too early'],
    ['a b', 'has "b" where it should end'],
    ['(a', 'lacks a ")"'],
    ['a)', 'has ")" where it should end'],
    ['d', 'names "d"; there are a, b, c, min_score, min, max, abs, floor, ceil, exp, sqrt, log'],
    ['constructor', 'names "constructor"'],
    ['pow(a, 2)', 'names "pow"'],
    ['abs(a, b)', 'gives abs 2 values'],
    ['min()', 'has ")" where a value is due'],
    ['min', 'lacks a "("'],
    ['a ** 2', 'has "*" where a value is due'],
    ['a; b', 'has something that no formula has'],
    ['a.b', 'has something that no formula has'],
    [`${'('.repeat(100)}a${')'.repeat(100)}`, 'is nested too deeply'],
    [`${'-'.repeat(100_000)}a`, 'is nested too deeply'],
  ])('%s is refused', async (formula, message) => {
    const failure = await failureOf(() => parseFormula(formula, Object.keys(values)));
    expect(failure.code).toBe('invalid_config');
    expect(failure.message).toContain(message);
  });

  test('agree with JavaScript on anything made of operators and brackets', () => {
    const { tree } = fc.letrec<{ tree: string; leaf: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        tie('leaf'),
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*', '/'), tie('tree')).map((parts) => parts.join(' ')),
        tie('tree').map((inner) => `(${inner})`),
      ),
      leaf: fc.constantFrom('a', 'b', 'c', '1', '0.25'),
    }));
    fc.assert(
      fc.property(tree, (formula) => {
        const expected = new Function('a', 'b', 'c', `return ${formula}`)(values.a, values.b, values.c);
        expect(parseFormula(formula, ['a', 'b', 'c'])(values)).toBe(expected);
      }),
    );
  });
});

describe('multi', () => {
  const config = {
    type: 'multi',
    graders: {
      exact: { type: 'exact_match' },
      close: { type: 'text_similarity', evaluation_metric: 'fuzzy_match' },
    },
    calculate_output: '0.5 * exact + 0.5 * close',
    pass_threshold: 0.6,
  } as const;

  test('makes one score of several', async () => {
    expect(await gradeOne(config, { reference: 'abcd' }, 'abcd')).toMatchObject({ score: 1, passed: true });
    expect(await gradeOne(config, { reference: 'abcd' }, 'abcx')).toMatchObject({
      score: 0.375,
      passed: false,
      reason: 'exact 0, close 0.75',
    });
  });

  test('a part that cannot grade is told by its name, and nothing is scored', async () => {
    const failure = await failureOf(() => gradeOne(config, { reference: '' }, 'abcd'));
    expect(failure).toEqual({
      code: 'no_reference',
      message: 'exact: The example has no reference to grade by: it is empty.',
    });
  });

  test('an answer that lacks what a part grades has the least score of that part', async () => {
    const parts = { field: { type: 'string_check', operation: 'eq', input: '{{sample.output_json.city}}' } } as const;
    const whole = { ...config, graders: parts, calculate_output: '1 - field' };
    expect(await gradeOne(whole, { reference: 'Bern' }, 'no JSON')).toMatchObject({ score: 1 });
  });

  test('a formula that gives no number grades nothing', async () => {
    const failure = await failureOf(() =>
      gradeOne({ ...config, calculate_output: '1 / exact' }, { reference: 'a' }, 'b'),
    );
    expect(failure.code).toBe('grader_failed');
    expect(failure.message).toContain('gives no number for this answer');
  });

  test('what it is made of is checked', async () => {
    expect(problems({ ...config, pass_threshold: undefined })).toEqual([
      'pass_threshold: is needed: with which score does an answer pass?',
    ]);
    expect(problems({ ...config, graders: {} })).toEqual(['graders: name at least one']);
    expect(problems({ ...config, graders: { 'a-b': { type: 'exact_match' } } })).toHaveLength(1);
    expect(problems({ ...config, graders: { inner: config } })).toHaveLength(1);
    const taken = { ...config, graders: { max: { type: 'exact_match' } }, calculate_output: '1' } as const;
    expect((await failureOf(() => gradeOne(taken, { reference: 'a' }, 'b'))).message).toContain('called "max"');
  });
});
