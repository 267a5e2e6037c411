import { TunewrightError } from '../../src/contract/errors.ts';
import { decodePredictions, encodePredictions, type Prediction, scoreOf } from '../../src/evaluation/prediction.ts';

const predictions: Prediction[] = [
  { index: 0, reference: 'a', output: 'a', passed: true, inputTokens: 3, outputTokens: 1 },
  { index: 1, reference: 'é\u2028日本', output: 'x\ny\u0000\uD800"', passed: false, inputTokens: 3, outputTokens: 9 },
  {
    index: 2,
    reference: '',
    passed: false,
    error: { code: 'refused', message: 'no' },
    inputTokens: 0,
    outputTokens: 0,
  },
  {
    index: 3,
    reference: 'a',
    output: 'b',
    passed: false,
    grading: { code: 'judge_unreadable', message: 'nonsense' },
    inputTokens: 3,
    outputTokens: 1,
    latencyMs: 12,
    judge: { inputTokens: 40, outputTokens: 9, usd: 0.01 },
  },
  { index: 4, reference: 'a', output: 'b', passed: true, score: 0.7, reason: 'near', inputTokens: 3, outputTokens: 1 },
];

test.each([
  [predictions[0], 1],
  [predictions[1], 0],
  [predictions[2], 0],
  [predictions[3], undefined],
  [predictions[4], 0.7],
])('the score of %j is %s', (prediction, expected) => {
  expect(scoreOf(prediction as Prediction)).toBe(expected);
});

async function decoded(bytes: Iterable<Uint8Array>): Promise<Prediction[]> {
  const all: Prediction[] = [];
  for await (const prediction of decodePredictions(bytes)) all.push(prediction);
  return all;
}

test('predictions are one line of JSON each', () => {
  expect(encodePredictions(predictions.slice(0, 1))).toBe(
    '{"index":0,"reference":"a","output":"a","passed":true,"inputTokens":3,"outputTokens":1}\n',
  );
});

test.each([1, 2, 7, 10_000])('what was encoded is decoded again from chunks of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode(encodePredictions(predictions));
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  expect(await decoded(chunks)).toEqual(predictions);
});

test('nothing decodes to nothing', async () => {
  expect(await decoded([])).toEqual([]);
});

test.each([
  ['a torn line', '{"index":1,"refer'],
  ['an empty line', '\n'],
  [
    'a line without an answer or an error',
    '{"index":1,"reference":"a","passed":true,"inputTokens":1,"outputTokens":1}',
  ],
  ['a negative index', '{"index":-1,"reference":"a","output":"","passed":true,"inputTokens":1,"outputTokens":1}'],
  ['no object', 'null'],
  [
    'a score that is none',
    '{"index":1,"reference":"a","output":"","passed":true,"score":"1","inputTokens":1,"outputTokens":1}',
  ],
  [
    'a reason of grading that is none',
    '{"index":1,"reference":"a","output":"","passed":true,"grading":1,"inputTokens":1,"outputTokens":1}',
  ],
])('%s is named by its number', async (_, line) => {
  const bytes = new TextEncoder().encode(encodePredictions(predictions.slice(0, 1)) + line);
  const failure = await decoded([bytes]).catch((error) => error);
  expect(failure).toBeInstanceOf(TunewrightError);
  expect(failure.code).toBe('evaluation_incomplete');
  expect(failure.message).toBe('Line 2 of the predictions is torn or is no prediction.');
});
