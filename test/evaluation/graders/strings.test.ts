import { failureOf, gradeOne, problems } from './support.ts';

describe('exact_match', () => {
  test.each([
    ['card_arrival', 'card_arrival', true, true],
    ['card_arrival', ' Card_Arrival.\n', false, true],
    ['Yes.', 'yes', false, true],
    ['yes', 'yes .', false, true],
    ['yes', 'yes..', false, false],
    ['yes', 'y es', false, false],
    ['yes', 'no', false, false],
  ])('%j answered with %j: as it is %j, normalised %j', async (reference, text, exact, normalised) => {
    expect((await gradeOne({ type: 'exact_match' }, { reference }, text)).passed).toBe(exact);
    expect((await gradeOne({ type: 'exact_match', normalise: true }, { reference }, text)).passed).toBe(normalised);
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
  ] as const)('%s of %j and the reference "Paris" is %j', async (operation, text, expected) => {
    const { passed, score } = await gradeOne({ type: 'string_check', operation }, { reference: 'Paris' }, text);
    expect(passed).toBe(expected);
    expect(score).toBe(expected ? 1 : 0);
  });
});

test.each([
  { type: 'exact_match' },
  { type: 'string_check', operation: 'like' },
  { type: 'text_similarity', evaluation_metric: 'bleu', pass_threshold: 0.5 },
  { type: 'numeric' },
] as const)('an example without a reference is told, not graded: $type', async (config) => {
  expect(await failureOf(() => gradeOne(config, { reference: ' ' }, ''))).toMatchObject({ code: 'no_reference' });
});

test('a reference that is written down in the grader may be empty', async () => {
  const config = { type: 'string_check', operation: 'ne', reference: '' } as const;
  expect((await gradeOne(config, { reference: '' }, 'something')).passed).toBe(true);
});

test.each([
  { type: 'text_similarity', evaluation_metric: 'rouge_l' },
  { type: 'pairwise', model: 'gpt-4.1' },
  { type: 'json' },
])('$type takes no threshold that no score reaches', (config) => {
  expect(problems({ ...config, pass_threshold: 60 })).toEqual(['pass_threshold: is a share, from 0 to 1']);
});
