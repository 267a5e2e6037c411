import type { Comparison } from '../../src/contract/evaluation.ts';
import { verdict } from '../../src/evaluation/verdict.ts';

interface Figures {
  base: number;
  tuned: number;
  examples?: number;
  difference: readonly [value: number, low: number, high: number];
  pValue: number;
  errors?: readonly [base: number, tuned: number];
  ungraded?: number;
}

function comparison({
  base,
  tuned,
  examples = 118,
  difference,
  pValue,
  errors = [0, 0],
  ungraded,
}: Figures): Comparison {
  const model = (name: string, share: number, unanswered: number) => ({
    model: name,
    examples,
    passed: Math.round(share * examples),
    errors: unanswered,
    ...(ungraded ? { ungraded } : {}),
    score: { value: share, low: share, high: share },
    inputTokens: 0,
    outputTokens: 0,
    predictions: { sha256: '', bytes: 0, uri: '' },
  });
  const [value, low, high] = difference;
  return {
    base: model('base', base, errors[0]),
    tuned: model('tuned', tuned, errors[1]),
    ...(ungraded ? { ungraded } : {}),
    difference: { value, low, high },
    fixed: 0,
    broken: 0,
    pValue,
  };
}

test.each<[string, Figures, string]>([
  [
    'better',
    { base: 0.415, tuned: 0.842, difference: [0.427, 0.33, 0.519], pValue: 1e-9 },
    'The tuned model answers 84.2% of 118 held-out questions right, the base model 41.5% (+42.7 points, 95% interval 33.0 to 51.9).',
  ],
  [
    'an interval with 0 in it',
    { base: 0.8, tuned: 0.82, difference: [0.02, -0.05, 0.09], pValue: 0.6 },
    'No difference was shown: the tuned model answers 82.0% of 118 held-out questions right, the base model 80.0% (+2.0 points, 95% interval -5.0 to 9.0).',
  ],
  [
    'an interval that ends at 0',
    { base: 0.5, tuned: 0.8, examples: 10, difference: [0.3, 0, 0.6], pValue: 0.25 },
    'No difference was shown: the tuned model answers 80.0% of 10 held-out questions right, the base model 50.0% (+30.0 points, 95% interval 0.0 to 60.0).',
  ],
  [
    'too few examples for what the interval says',
    { base: 0, tuned: 1, examples: 1, difference: [1, 1, 1], pValue: 1 },
    'No difference was shown: the tuned model answers 100.0% of 1 held-out question right, the base model 0.0% (+100.0 points, 95% interval 100.0 to 100.0, but p = 1.000).',
  ],
  [
    'worse',
    { base: 0.9, tuned: 0.7, difference: [-0.2, -0.28, -0.12], pValue: 0.0001 },
    'The tuned model is worse: it answers 70.0% of 118 held-out questions right, the base model 90.0% (-20.0 points, 95% interval -28.0 to -12.0).',
  ],
  [
    'unanswered questions',
    { base: 0.415, tuned: 0.842, difference: [0.427, 0.33, 0.519], pValue: 1e-9, errors: [1, 2] },
    'The tuned model answers 84.2% of 118 held-out questions right, the base model 41.5% (+42.7 points, 95% interval 33.0 to 51.9). The tuned model gave no answer to 2 questions, counted as wrong. The base model gave no answer to 1 question, counted as wrong.',
  ],
  [
    'answers that could not be graded',
    { base: 0.8, tuned: 0.82, difference: [0.02, -0.05, 0.09], pValue: 0.6, ungraded: 18 },
    'No difference was shown: the tuned model answers 82.0% of 100 held-out questions right, the base model 80.0% (+2.0 points, 95% interval -5.0 to 9.0). On 18 questions the answers could not be graded; they are left out.',
  ],
])('the verdict on %s', (_, figures, expected) => {
  expect(verdict(comparison(figures))).toBe(expected);
});

test('an interval is called by its confidence, and judged by it', () => {
  const figures: Figures = { base: 0.5, tuned: 0.6, difference: [0.1, 0.01, 0.2], pValue: 0.03 };
  expect(verdict({ ...comparison(figures), confidence: 0.9 })).toContain('(+10.0 points, 90% interval 1.0 to 20.0)');
  expect(verdict({ ...comparison(figures), confidence: 0.99 })).toMatch(
    /^No difference was shown.* 99% interval .*, but p = 0\.030/,
  );
});
