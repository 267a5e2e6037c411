import type { ModelEvaluation } from '../../src/contract/evaluation.ts';
import { compare, type GradedModel, summarise } from '../../src/evaluation/compare.ts';
import type { Prediction } from '../../src/evaluation/prediction.ts';

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

test('a comparison pairs the answers, whatever kind of stream they come in', async () => {
  const base = await model('base', predictions('--+-+--+--'));
  const answers = predictions('+++++++!++');
  async function* stream() {
    yield* answers;
  }
  const tuned = { evaluation: await summarise('tuned', ref, answers), predictions: stream() };
  const { comparison, labels, regressions } = await compare(base, tuned, 1);
  expect(comparison).toMatchObject({ base: base.evaluation, tuned: tuned.evaluation, fixed: 7, broken: 1 });
  expect(comparison.difference.value).toBe(0.6);
  expect(comparison.difference.low).toBeLessThan(0.3);
  expect(comparison.difference.high).toBeGreaterThan(0.8);
  // scipy 1.17.1: binomtest(7, 8).pvalue
  expect(comparison.pValue).toBeCloseTo(0.0703125, 10);
  expect(labels).toEqual([
    { label: 'label-0', examples: 4, basePassed: 0, tunedPassed: 4 },
    { label: 'label-1', examples: 3, basePassed: 2, tunedPassed: 2 },
    { label: 'label-2', examples: 3, basePassed: 1, tunedPassed: 3 },
  ]);
  expect(regressions).toEqual([{ index: 7, reference: 'label-1', base: 'output 7 +' }]);
});

test('a comparison repeats itself for the same seed', async () => {
  const base = await model('base', predictions('-+-+-+-+-+'.repeat(9)));
  const tuned = await model('tuned', predictions('+++-+++-++'.repeat(9)));
  expect(await compare(base, tuned, 4)).toEqual(await compare(base, tuned, 4));
});

test('regressions are the first 20 by index, with what the tuned model said instead', async () => {
  const base = await model('base', predictions('+'.repeat(30)));
  const tuned = await model('tuned', predictions(`++${'-'.repeat(28)}`));
  const { comparison, regressions } = await compare(base, tuned, 1);
  expect(comparison.broken).toBe(28);
  expect(regressions.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
  expect(regressions[0]).toEqual({ index: 2, reference: 'label-2', base: 'output 2 +', tuned: 'output 2 -' });
});

test.each([
  [200, 100, 100],
  [202, 101, undefined],
  [50, 50, undefined],
])('%i examples of %i references give a table of %s rows', async (examples, references, rows) => {
  const answers = predictions('+'.repeat(examples), (index) => `r${index % references}`);
  const { labels } = await compare(await model('base', answers), await model('tuned', answers), 1);
  expect(labels?.length).toBe(rows);
});

describe('predictions that do not belong together are refused', () => {
  const shifted = predictions('++++').map((prediction) => ({ ...prediction, index: prediction.index + 1 }));
  test.each([
    [
      'fewer of the tuned model',
      '++++',
      predictions('+++'),
      'The base model has predictions for more examples than the tuned model.',
    ],
    [
      'more of the tuned model',
      '+++',
      predictions('++++'),
      'The tuned model has predictions for more examples than the base model.',
    ],
    ['another order', '++++', shifted, 'Example 0 of the base model is not example 1 of the tuned model.'],
    [
      'other references',
      '++++',
      predictions('++++', () => 'x'),
      'Example 0 of the base model is not example 0 of the tuned model.',
    ],
  ])('%s', async (_, base, tuned, message) => {
    const failure = await thrownBy(compare(await model('base', predictions(base)), await model('tuned', tuned), 1));
    expect(failure).toMatchObject({ code: 'evaluation_incomplete', message });
  });

  test('predictions that are not those that were summed up', async () => {
    const { evaluation } = await model('tuned', predictions('+++++'));
    const four = predictions('++++');
    const failure = await thrownBy(compare(await model('base', four), { evaluation, predictions: four }, 1));
    expect(failure).toMatchObject({
      code: 'evaluation_incomplete',
      message: 'tuned was evaluated on 5 examples, its predictions are 4.',
    });
  });
});
