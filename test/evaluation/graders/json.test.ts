import { failureOf, gradeOne, problems } from './support.ts';

const schema = {
  type: 'object',
  properties: { city: { type: 'string', pattern: '^[A-Z]' }, day: { type: 'string', format: 'date' } },
  required: ['city'],
};

test.each([
  ['{"a":1}', true],
  ['7', true],
  ['{"a":1', false],
  ['```json\n{}\n```', false],
  ['', false],
])('valid: %j is %j', async (text, expected) => {
  expect((await gradeOne({ type: 'json', check: 'valid' }, { reference: '' }, text)).passed).toBe(expected);
});

test.each([
  ['{"city":"Bern","day":"2026-11-28"}', true, undefined],
  ['{"city":"bern"}', false, '/city must match pattern "^[A-Z]".'],
  ['{"city":"Bern","day":"28.11."}', false, '/day must match format "date".'],
  ['{"day":"2026-11-28"}', false, "It must have required property 'city'."],
  ['Bern', false, 'The answer is no JSON.'],
])('schema: %s is %j', async (text, passed, reason) => {
  expect(await gradeOne({ type: 'json', check: 'schema', schema }, { reference: '' }, text)).toMatchObject({
    passed,
    ...(reason ? { reason } : {}),
  });
});

test('a schema of draft 07 is read as one', async () => {
  const old = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] };
  const config = { type: 'json', check: 'schema', schema: old } as const;
  expect((await gradeOne(config, { reference: '' }, '["a", 1]')).passed).toBe(true);
  expect((await gradeOne(config, { reference: '' }, '[1]')).passed).toBe(false);
});

test.each([
  ['of which nothing can be made', { type: 'sentence' }],
  ['with a pattern that no engine of linear time takes', { pattern: '(a)\\1' }],
  ['that is elsewhere', { $ref: 'https://example.org/schema.json' }],
])('a schema %s is refused before any example', async (_, wrong) => {
  const config = { type: 'json', check: 'schema', schema: wrong } as const;
  expect((await failureOf(() => gradeOne(config, { reference: '' }, '{}'))).code).toBe('invalid_config');
});

test('a pattern in a schema does not hold up the worker', async () => {
  const config = { type: 'json', check: 'schema', schema: { type: 'string', pattern: '^(a+)+$' } } as const;
  const begun = performance.now();
  expect((await gradeOne(config, { reference: '' }, `"${'a'.repeat(20_000)}!"`)).passed).toBe(false);
  expect(performance.now() - begun).toBeLessThan(60_000);
});

describe('fields', () => {
  const reference = JSON.stringify({ city: 'Bern', days: [1, 2], open: { from: '8', to: null }, tags: [] });
  test.each([
    [
      'equal, in another order and with other white space',
      `{ "tags": [], "open": {"to":null,"from":"8"}, "days":[1,2], "city":"Bern" }`,
      1,
    ],
    ['one of six differs', '{"city":"Bern","days":[1,3],"open":{"from":"8","to":null},"tags":[]}', 5 / 6],
    ['one is missing', '{"city":"Bern","days":[1,2],"open":{"from":"8"},"tags":[]}', 5 / 6],
    ['one is too many', '{"city":"Bern","days":[1,2],"open":{"from":"8","to":null},"tags":[],"more":1}', 6 / 7],
    ['a number is no text', '{"city":"Bern","days":["1",2],"open":{"from":"8","to":null},"tags":[]}', 5 / 6],
    ['no JSON', 'Bern', 0],
  ])('%s', async (_, text, expected) => {
    const { score, passed } = await gradeOne({ type: 'json' }, { reference }, text);
    expect(score).toBeCloseTo(expected, 9);
    expect(passed).toBe(expected === 1);
    expect((await gradeOne({ type: 'json', pass_threshold: 0.8 }, { reference }, text)).passed).toBe(expected > 0.8);
  });

  test.each([
    ['{"a/b":1}', '{"a":{"b":1}}'],
    ['[1]', '{"0":1}'],
    ['{"[0]":1}', '[1]'],
  ])('%s is not %s', async (hoped, text) => {
    expect((await gradeOne({ type: 'json' }, { reference: hoped }, text)).score).toBe(0);
  });

  test('a reference that is no JSON cannot be graded by', async () => {
    expect((await failureOf(() => gradeOne({ type: 'json' }, { reference: 'Bern' }, '{}'))).code).toBe('grader_failed');
  });
});

test('a schema belongs to its check', () => {
  expect(problems({ type: 'json', check: 'schema' })).toEqual(['schema: belongs to check: schema, and to it alone']);
  expect(problems({ type: 'json', schema: {} })).toEqual(['schema: belongs to check: schema, and to it alone']);
});
