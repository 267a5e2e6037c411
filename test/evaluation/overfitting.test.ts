import { findOverfitting } from '../../src/evaluation/overfitting.ts';

/** Steps 100, 200, …: training and validation loss. */
function curve(...losses: [train: number, valid: number][]) {
  return losses.map(([trainLoss, validLoss], at) => ({ step: (at + 1) * 100, trainLoss, validLoss }));
}

const checkpoints = (...steps: number[]) => steps.map((step) => ({ model: `ckpt-${step}`, step, metrics: { step } }));

test('where the validation loss turned while training fell, the checkpoints before are worth asking', () => {
  const overfitted = curve([1, 0.9], [0.6, 0.6], [0.3, 0.7], [0.1, 1.1]);
  expect(findOverfitting('last', overfitted, checkpoints(100, 200, 300))).toEqual({
    candidates: [
      { model: 'last', step: 400, validLoss: 1.1 },
      { model: 'ckpt-200', step: 200, validLoss: 0.6 },
      { model: 'ckpt-300', step: 300, validLoss: 0.7 },
    ],
    why: expect.stringMatching(/^The validation loss was 0\.6000 at step 200 and 1\.1000 at the end/),
  });
});

test.each([
  ['it only flattened', curve([1, 0.9], [0.6, 0.6], [0.3, 0.605])],
  ['training got worse as well', curve([0.5, 0.6], [0.9, 0.9])],
  [
    'there is no validation loss',
    [
      { step: 100, trainLoss: 1 },
      { step: 200, trainLoss: 0.5 },
    ],
  ],
  ['there is no curve', []],
])('the last model alone is a candidate where %s', (_, points) => {
  expect(findOverfitting('last', points, checkpoints(100)).candidates.map(({ model }) => model)).toEqual(['last']);
});

test('the training loss is that of a stretch: one batch that went badly says nothing', () => {
  const batches = Array.from({ length: 100 }, (_, at) => ({
    step: at + 1,
    trainLoss: at === 99 ? 0.1 : 1 / (at + 1),
    validLoss: at < 50 ? 1 : 1 + at / 100,
  }));
  expect(findOverfitting('last', batches, checkpoints(40)).candidates).toHaveLength(2);
});

test("a checkpoint's own loss is believed before the curve's, and the last one is no checkpoint of itself", () => {
  const overfitted = curve([1, 0.9], [0.3, 0.8], [0.1, 1.1]);
  const own = [
    { model: 'a', step: 100, metrics: { step: 100, validLoss: 0.5 } },
    { model: 'last', step: 300, metrics: { step: 300, validLoss: 0.1 } },
  ];
  expect(findOverfitting('last', overfitted, own).candidates).toEqual([
    { model: 'last', step: 300, validLoss: 1.1 },
    { model: 'a', step: 100, validLoss: 0.5 },
  ]);
});
