import { TunewrightError } from '../../src/contract/errors.ts';
import { decodePredictions, encodePredictions, type Prediction } from '../../src/evaluation/prediction.ts';

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
];

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
])('%s is named by its number', async (_, line) => {
  const bytes = new TextEncoder().encode(encodePredictions(predictions.slice(0, 1)) + line);
  const failure = await decoded([bytes]).catch((error) => error);
  expect(failure).toBeInstanceOf(TunewrightError);
  expect(failure.code).toBe('evaluation_incomplete');
  expect(failure.message).toBe('Line 2 of the predictions is torn or is no prediction.');
});
