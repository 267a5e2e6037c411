import type { ModelEvaluation } from '../../src/contract/evaluation.ts';
import { compare } from '../../src/evaluation/compare.ts';
import type { GradedModel } from '../../src/evaluation/in-step.ts';
import type { Prediction } from '../../src/evaluation/prediction.ts';
import { summarise } from '../../src/evaluation/summarise.ts';

const ref = { sha256: 'ab'.repeat(32), bytes: 1, uri: 'file:///predictions.jsonl' };

/** Predictions for which `passed` says how it went, one a letter: `+` right, `-` wrong, `!` no answer. */
function predictions(passed: string, referenceOf = (index: number) => `label-${index % 3}`): Prediction[] {
  return [...passed].map((sign, index) => ({
    index,
    reference: referenceOf(index),
    passed: sign === '+',
    ...(sign === '!' ? { error: { code: 'refused', message: 'not this one' } } : { output: `output ${index} ${sign}` }),
    inputTokens: 10,
    outputTokens: 2,
  }));
}

async function model(name: string, answers: Prediction[]): Promise<GradedModel> {
  return { evaluation: await summarise(name, ref, answers), predictions: answers };
}

const options = { seed: 1, confidence: 0.95 };

async function pair(base: GradedModel, tuned: GradedModel, seed = 1) {
  return await compare(tuned, [{ role: 'base', ...base }], { ...options, seed });
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was thrown',
    (error) => error,
  );
}

test('a summary counts answers, errors and tokens, and carries the reference it was given', async () => {
  const summary: ModelEvaluation = await summarise('m', ref, predictions('++++++++-!'));
  expect(summary).toEqual({
    model: 'm',
    examples: 10,
    passed: 8,
    errors: 1,
    score: { value: 0.8, low: expect.closeTo(0.490162, 5), high: expect.closeTo(0.943318, 5) },
    inputTokens: 100,
    outputTokens: 20,
    predictions: ref,
  });
});

test.each([
  ['all were timed', 4, 250],
  ['one was not, and may have taken any time', 3, 250],
  ['half were not: nothing is known', 2, undefined],
  ['none was', 0, undefined],
])('a summary tells how soon half of the answers came: %s', async (_, count, ms) => {
  const timed = predictions('++++').map((answer) =>
    answer.index < count ? { ...answer, latencyMs: 100 * (answer.index + 1) } : answer,
  );
  expect((await summarise('m', ref, timed)).medianLatencyMs).toBe(ms);
});

test('an example that repeats one before it is paid and counts nowhere', async () => {
  const repeating = (answers: Prediction[]) =>
    answers.map((answer) => (answer.index < 2 ? answer : { ...answer, repeats: answer.index % 2 }));
  const base = await model('base', repeating(predictions('-+'.repeat(20))));
  const tuned = await model('tuned', repeating(predictions('++'.repeat(20))));
  expect(tuned.evaluation).toMatchObject({
    examples: 2,
    repeated: 38,
    passed: 2,
    inputTokens: 400,
    score: { value: 1 },
  });
  const { comparison, slices } = await pair(base, tuned);
  expect(comparison).toMatchObject({ fixed: 1, broken: 0, pValue: 1 });
  expect(comparison.difference.low).toBeLessThan(0);
  expect(slices).toEqual([]);
});

test('what only one of the two has an answer and a grade for is held against the tuned model', async () => {
  const known = '+'.repeat(40);
  const at = (sign: string, count: number) => `${known}${sign.repeat(count)}`;
  const of = async (before: Prediction[], after: Prediction[]) => {
    const { rivals } = await pair(await model('base', before), await model('tuned', after));
    const [rival] = rivals;
    return [rival?.difference.value, rival?.atWorst?.difference.value];
  };
  const ungraded = (answers: Prediction[]) =>
    answers.map((answer) =>
      answer.index < 40
        ? answer
        : { ...answer, passed: false, grading: { code: 'judge_unreadable', message: 'nonsense' } },
    );
  // A base model that gave no answer looks beaten; it may have been right.
  expect(await of(predictions(at('!', 10)), predictions(at('+', 10)))).toEqual([0.2, 0]);
  expect(await of(predictions(at('!', 10)), predictions(at('-', 10)))).toEqual([0, -0.2]);
  // A tuned model that nobody could grade looks as good; it may have been wrong.
  expect(await of(predictions(at('+', 10)), ungraded(predictions(at('+', 10))))).toEqual([0, -0.2]);
  expect(await of(ungraded(predictions(at('+', 10))), predictions(at('-', 10)))).toEqual([0, -0.2]);
  // Without an answer of the tuned model nothing changes: that is wrong already. Nor where neither has one.
  expect(await of(predictions(at('+', 10)), predictions(at('!', 10)))).toEqual([-0.2, undefined]);
  expect(await of(predictions(at('!', 10)), predictions(at('!', 10)))).toEqual([0, undefined]);
});

test('a slice counts what has a grade, and holds against the tuned model what has none', async () => {
  const sliced = (answers: Prediction[], ...without: number[]) =>
    answers.map((answer) => ({
      ...answer,
      slices: { language: answer.index < 4 ? 'de' : 'en' },
      ...(without.includes(answer.index)
        ? { passed: false, grading: { code: 'judge_unreadable', message: 'nonsense' } }
        : {}),
    }));
  const base = await model('base', sliced(predictions('++++++++'), 3));
  const tuned = await model('tuned', sliced(predictions('++++++++'), 0, 1));
  const { slices } = await pair(base, tuned);
  expect(slices.at(-1)).toMatchObject({
    field: 'language',
    slices: [
      {
        value: 'de',
        examples: 4,
        tuned: { value: 1 },
        rivals: { base: { value: 1 } },
        difference: { value: 0 },
        atWorst: { value: -0.5 },
      },
      { value: 'en', examples: 4, difference: { value: 0 } },
    ],
  });
  const neither = await model('tuned', sliced(predictions('++++++++'), 0, 1, 2, 3));
  const { slices: dark } = await pair(base, neither);
  expect(dark.at(-1)?.slices[0]).toMatchObject({ tuned: { low: 0, high: 1 }, difference: { low: -1, high: 1 } });
});

test('a field by which nothing can be told apart is named', async () => {
  const sliced = (answers: Prediction[]) =>
    answers.map((answer) => ({ ...answer, slices: { customer: `c${answer.index}`, language: 'en' } }));
  const one = await model('base', sliced(predictions('+++')));
  expect(await pair(one, one)).toMatchObject({ unsliced: ['customer'], slices: [{ field: 'language' }] });
});

test('different right answers are counted, 100 at most; what has none counts for nothing', async () => {
  const counted = async (count: number, referenceOf: (index: number) => string) => {
    const one = await model('one', predictions('+'.repeat(count), referenceOf));
    return (await pair(one, one)).answers;
  };
  expect(await counted(9, () => 'yes')).toBe(1);
  expect(await counted(9, (index) => (index < 3 ? '' : `label-${index % 2}`))).toBe(2);
  expect(await counted(101, String)).toBe(100);
  expect(await counted(9, () => '')).toBeUndefined();
});

test('a summary of nothing, or of nothing but errors, is refused', async () => {
  expect(await thrownBy(summarise('m', ref, []))).toMatchObject({
    code: 'evaluation_incomplete',
    message: 'There are no held-out examples on which m could be evaluated.',
    advice: 'Raise split.test or name a file as data.test, so that at least one example is held out.',
  });
  expect(await thrownBy(summarise('m', ref, predictions('!!')))).toMatchObject({
    code: 'evaluation_incomplete',
    message: 'm answered none of the 2 held-out examples; the first failed with refused: not this one',
  });
});

test('examples on which one of the two answers could not be graded are left out, and counted', async () => {
  const ungraded = (answers: Prediction[], ...which: number[]) =>
    answers.map((prediction) =>
      which.includes(prediction.index)
        ? { ...prediction, passed: false, grading: { code: 'judge_unreadable', message: 'nonsense' } }
        : prediction,
    );
  const base = await model('base', ungraded(predictions('--+-+--+--'), 0));
  const tuned = await model('tuned', ungraded(predictions('+++++++!++'), 0, 1));
  const { comparison, regressions } = await pair(base, tuned);
  expect(comparison).toMatchObject({ ungraded: 2, fixed: 5, broken: 1 });
  expect(comparison.difference.value).toBeCloseTo(4 / 8, 12);
  expect(regressions).toHaveLength(1);
  const none = await model('none', ungraded(predictions('++'), 0));
  const other = await model('other', ungraded(predictions('++'), 1));
  expect(await thrownBy(pair(none, other))).toMatchObject({
    code: 'evaluation_incomplete',
    message: 'On none of the 2 held-out examples could the answers of both models be graded.',
  });
});

test('a comparison pairs the answers, whatever kind of stream they come in', async () => {
  const base = await model('base', predictions('--+-+--+--'));
  const answers = predictions('+++++++!++');
  async function* stream() {
    yield* answers;
  }
  const tuned = { evaluation: await summarise('tuned', ref, answers), predictions: stream() };
  const { comparison, rivals, slices, regressions } = await pair(base, tuned);
  expect(comparison).toMatchObject({ base: base.evaluation, tuned: tuned.evaluation, fixed: 7, broken: 1 });
  expect(comparison.difference.value).toBe(0.6);
  expect(comparison.difference.low).toBeLessThan(0.3);
  expect(comparison.difference.high).toBeGreaterThan(0.8);
  // scipy 1.17.1: binomtest(7, 8).pvalue
  expect(comparison.pValue).toBeCloseTo(0.0703125, 10);
  expect(rivals).toEqual([
    {
      role: 'base',
      evaluation: base.evaluation,
      difference: comparison.difference,
      fixed: 7,
      broken: 1,
      pValue: comparison.pValue,
      adjustedPValue: comparison.pValue,
    },
  ]);
  const shares = (value: number) => expect.objectContaining({ value });
  expect(slices).toEqual([
    {
      field: 'reference',
      slices: [
        { value: 'label-0', examples: 4, tuned: shares(1), rivals: { base: shares(0) }, difference: shares(1) },
        { value: 'label-1', examples: 3, tuned: shares(2 / 3), rivals: { base: shares(2 / 3) }, difference: shares(0) },
        { value: 'label-2', examples: 3, tuned: shares(1), rivals: { base: shares(1 / 3) }, difference: shares(2 / 3) },
      ],
    },
  ]);
  expect(regressions).toEqual([{ index: 7, reference: 'label-1', base: 'output 7 +' }]);
});

test('a comparison repeats itself for the same seed', async () => {
  const base = await model('base', predictions('-+-+-+-+-+'.repeat(9)));
  const tuned = await model('tuned', predictions('+++-+++-++'.repeat(9)));
  expect(await pair(base, tuned, 4)).toEqual(await pair(base, tuned, 4));
});

test('regressions are the first 20 by index, with what the tuned model said instead', async () => {
  const base = await model('base', predictions('+'.repeat(30)));
  const tuned = await model('tuned', predictions(`++${'-'.repeat(28)}`));
  const { comparison, regressions } = await pair(base, tuned);
  expect(comparison.broken).toBe(28);
  expect(regressions.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
  expect(regressions[0]).toEqual({ index: 2, reference: 'label-2', base: 'output 2 +', tuned: 'output 2 -' });
});

test.each([
  [200, 100, 100],
  [202, 101, undefined],
  [50, 50, undefined],
  [50, 1, 1],
])('%i examples of %i references give a table of %s rows', async (examples, references, rows) => {
  const answers = predictions('+'.repeat(examples), (index) => `r${index % references}`);
  const { slices } = await pair(await model('base', answers), await model('tuned', answers));
  expect(slices[0]?.slices.length).toBe(rows);
});

test('with a champion, regressions and slices are told against it, and p values are corrected for both', async () => {
  const sliced = (answers: Prediction[]) =>
    answers.map((answer) => ({ ...answer, slices: { language: answer.index < 10 ? 'en' : 'de' } }));
  const base = await model('base', sliced(predictions('-'.repeat(20))));
  const champion = await model('champion', sliced(predictions(`${'-'.repeat(10)}${'+'.repeat(10)}`)));
  const tuned = await model('tuned', sliced(predictions(`${'+'.repeat(12)}--------`)));
  const compared = await compare(
    tuned,
    [
      { role: 'base', ...base },
      { role: 'champion', ...champion },
    ],
    options,
  );
  expect(compared.rivals.map(({ role, fixed, broken }) => [role, fixed, broken])).toEqual([
    ['base', 12, 0],
    ['champion', 10, 8],
  ]);
  const [first, second] = compared.rivals;
  expect(first?.adjustedPValue).toBe(2 * (first?.pValue ?? 0));
  expect(second?.adjustedPValue).toBe(second?.pValue);
  expect(compared.regressions.map(({ index }) => index)).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  expect(compared.regressions[0]).toMatchObject({ champion: 'output 12 +', tuned: 'output 12 -', base: 'output 12 -' });
  expect(compared.slices[1]).toMatchObject({
    field: 'language',
    slices: [
      { value: 'de', examples: 10, difference: { value: -0.8 } },
      { value: 'en', examples: 10, difference: { value: 1 } },
    ],
  });
});

test('confusions say what labels are taken for, the most frequent first', async () => {
  const answers = predictions('++++++++++').map((answer) => {
    if (answer.index % 3 !== 1) return answer;
    return { ...answer, passed: false, output: answer.index === 7 ? 'label-0' : 'label-2' };
  });
  const { confusions } = await pair(await model('base', predictions('++++++++++')), await model('tuned', answers));
  expect(confusions).toEqual([
    { reference: 'label-1', answer: 'label-2', count: 2 },
    { reference: 'label-1', answer: 'label-0', count: 1 },
  ]);
});

describe('predictions that do not belong together are refused', () => {
  const shifted = predictions('++++').map((prediction) => ({ ...prediction, index: prediction.index + 1 }));
  test.each([
    ['fewer of the tuned model', '++++', predictions('+++'), 'base has predictions for more examples than tuned.'],
    ['more of the tuned model', '+++', predictions('++++'), 'tuned has predictions for more examples than base.'],
    ['another order', '++++', shifted, 'Example 1 of tuned is not example 0 of base.'],
    ['other references', '++++', predictions('++++', () => 'x'), 'Example 0 of tuned is not example 0 of base.'],
  ])('%s', async (_, base, tuned, message) => {
    const failure = await thrownBy(pair(await model('base', predictions(base)), await model('tuned', tuned)));
    expect(failure).toMatchObject({ code: 'evaluation_incomplete', message });
  });

  test('predictions that are not those that were summed up', async () => {
    const { evaluation } = await model('tuned', predictions('+++++'));
    const four = predictions('++++');
    const failure = await thrownBy(pair(await model('base', four), { evaluation, predictions: four }));
    expect(failure).toMatchObject({
      code: 'evaluation_incomplete',
      message: 'tuned was evaluated on 5 examples, its predictions are 4.',
    });
  });
});
