import type { GraderConfig } from '../../src/contract/config.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import { createGrader } from '../../src/evaluation/graders.ts';
import type { EvaluationItem } from '../../src/evaluation/templates.ts';

type StringCheck = Extract<GraderConfig, { type: 'string_check' }>;

function check(changes: Partial<StringCheck>): StringCheck {
  return {
    type: 'string_check',
    operation: 'eq',
    input: '{{sample.output_text}}',
    reference: '{{item.reference}}',
    ...changes,
  };
}

function passes(config: GraderConfig, item: EvaluationItem, text: string): boolean {
  const { passed, score } = createGrader(config)(item, { output_text: text });
  expect(score).toBe(passed ? 1 : 0);
  return passed;
}

function failureOf(call: () => unknown): { code: string; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof TunewrightError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('exact_match', () => {
  test.each([
    ['card_arrival', 'card_arrival', true, true],
    ['card_arrival', ' Card_Arrival.\n', false, true],
    ['Yes.', 'yes', false, true],
    ['yes', 'yes .', false, true],
    ['yes', 'yes..', false, false],
    ['yes', 'y es', false, false],
    ['yes', 'no', false, false],
  ])('%j answered with %j: as it is %j, normalised %j', (reference, text, exact, normalised) => {
    expect(passes({ type: 'exact_match', normalise: false }, { reference }, text)).toBe(exact);
    expect(passes({ type: 'exact_match', normalise: true }, { reference }, text)).toBe(normalised);
  });
});

describe('string_check', () => {
  test.each([
    ['eq', 'Paris', true],
    ['eq', 'paris', false],
    ['eq', 'Paris ', false],
    ['ne', 'Paris', false],
    ['ne', 'paris', true],
    ['like', 'It is Paris, France', true],
    ['like', 'It is paris', false],
    ['like', 'Par', false],
    ['ilike', 'it is PARIS', true],
    ['ilike', 'it is Lyon', false],
  ] as const)('%s of %j and the reference "Paris" is %j', (operation, text, expected) => {
    expect(passes(check({ operation }), { reference: 'Paris' }, text)).toBe(expected);
  });
});

describe('templates', () => {
  const item = {
    reference: 'r',
    city: { name: 'Bern', codes: [3000, 3001] },
    'odd name\n': 1,
    nothing: null,
  };

  test('reach nested fields and list entries, with and without white space', () => {
    const reference = '<{{ item.city.name }}|{{item.city.codes[1]}}|{{item.city.codes.0}}|{{item.city.codes}}>';
    expect(passes(check({ reference }), item, '<Bern|3001|3000|[3000,3001]>')).toBe(true);
  });

  test('put values in as they are, never as templates', () => {
    const hostile = { reference: '{{item.secret}} $& $1', secret: 'x' };
    expect(passes(check({}), hostile, '{{item.secret}} $& $1')).toBe(true);
    expect(passes(check({ reference: '{{item.reference}}' }), { reference: '{{sample.output_text}}' }, 'a')).toBe(
      false,
    );
  });

  test.each([
    ['{{item.town}}', 'names item.town, which an example lacks: item has reference, city, "odd name\\n", nothing.'],
    ['{{item.city.size}}', 'names item.city.size, which an example lacks: item.city has name, codes.'],
    [
      '{{item.reference.length}}',
      'names item.reference.length, which an example lacks: item.reference is not an object.',
    ],
    ['{{item.nothing}}', 'names item.nothing, which is null in an example.'],
    ['{{item.__proto__}}', 'names item.__proto__, which an example lacks'],
    ['{{item.constructor.name}}', 'names item.constructor.name, which an example lacks'],
    ['{{item.city.codes[2]}}', 'names item.city.codes.2, which an example lacks: item.city.codes has 0, 1.'],
  ])('%s: a field that is not there is an error that says what is', (reference, message) => {
    const grader = createGrader(check({ reference }));
    const failure = failureOf(() => grader(item, { output_text: 'a' }));
    expect(failure.code).toBe('invalid_config');
    expect(failure.message).toContain(message);
  });

  test('a field called __proto__ in the data is a field like any other', () => {
    const line: EvaluationItem = JSON.parse('{"reference":"r","__proto__":{"polluted":"yes"}}');
    expect(passes(check({ reference: '{{item.__proto__.polluted}}' }), line, 'yes')).toBe(true);
    expect(failureOf(() => passes(check({ reference: '{{item.polluted}}' }), line, 'yes')).code).toBe('invalid_config');
  });

  test.each([
    '{{item.reference',
    '{{}}',
    '{{reference}}',
    '{{item}}',
    '{{item..a}}',
    '{{sample.choices}}',
    '{{sample.output_text.x}}',
  ])('%s is refused before any example is graded', (input) => {
    expect(failureOf(() => createGrader(check({ input }))).code).toBe('invalid_config');
  });
});
