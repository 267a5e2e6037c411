import { bestOfStopped, findOverfitting, findTurn } from '../../src/evaluation/overfitting.ts';

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

/** The first so many of 20 steps; losses as `[train, valid]`, and a checkpoint at step 4. */
function turning(...losses: [train: number, valid: number | undefined][]) {
  return losses.map(([trainLoss, validLoss], at) => ({
    step: at + 1,
    totalSteps: 20,
    trainLoss,
    ...(validLoss === undefined ? {} : { validLoss }),
  }));
}

const untilFour: [number, number][] = [
  [1, 1],
  [0.9, 0.9],
  [0.8, 0.7],
  [0.7, 0.5],
];

test('a job that trains has turned once its validation loss stays above that of a checkpoint while training falls', () => {
  const overfitted = turning(...untilFour, [0.6, 0.6], [0.5, 0.6], [0.4, 0.7]);
  expect(findTurn(overfitted, checkpoints(4))).toBe(
    'The validation loss was 0.5000 at the checkpoint of step 4 and has been more than 2% above it since step 5, while the ' +
      'training loss fell: it is 0.7000 at step 7 of 20.',
  );
});

test.each<[string, ReturnType<typeof turning>, number[]]>([
  ['it has a checkpoint', turning(...untilFour, [0.6, 0.6], [0.5, 0.6], [0.4, 0.7]), []],
  [
    'the rise is no noise of two measurements',
    turning(...untilFour, [0.6, 0.6], [0.5, 0.6]).map((point) => ({ ...point, totalSteps: 10 })),
    [4],
  ],
  ['one measurement among them was low again', turning(...untilFour, [0.6, 0.6], [0.5, 0.5], [0.4, 0.7]), [4]],
  ['the rise is more than 2%', turning(...untilFour, [0.6, 0.505], [0.5, 0.51], [0.4, 0.509]), [4]],
  ['training falls', turning(...untilFour, [0.8, 0.6], [0.9, 0.6], [1, 0.7]), [4]],
  [
    'that has lasted a tenth of all steps',
    turning(...untilFour, [0.6, 0.6], [0.5, 0.6], [0.4, 0.7]).map((point) => ({ ...point, totalSteps: 40 })),
    [4],
  ],
  [
    'it is measured on validation examples',
    turning(...untilFour, [0.6, undefined], [0.5, undefined], [0.4, undefined]),
    [4],
  ],
])('a job trains on until %s', (_, points, steps) => {
  expect(findTurn(points, checkpoints(...steps))).toBeUndefined();
});

test('of a job that was stopped the checkpoints with the lowest validation loss are asked, the lowest first', () => {
  const overfitted = turning(...untilFour, [0.6, 0.6], [0.5, 0.65], [0.4, 0.7]);
  const { candidates } = bestOfStopped(overfitted, checkpoints(7, 6, 4, 2));
  expect(candidates).toEqual([
    { model: 'ckpt-4', step: 4, validLoss: 0.5 },
    { model: 'ckpt-6', step: 6, validLoss: 0.65 },
  ]);
  expect(bestOfStopped(overfitted, checkpoints(4)).why).toBe('The checkpoint of step 4 is the result.');
});
