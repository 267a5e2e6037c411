import { parseResultFile, toMetrics } from '../../../src/platforms/protocol/metrics.ts';

const csv = [
  'step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy',
  '1,2.5,0.25,,',
  '2,1.25,0.5,1.5,0.75',
  '',
].join('\n');
const curve = [
  { step: 1, trainLoss: 2.5, trainAccuracy: 0.25 },
  { step: 2, trainLoss: 1.25, trainAccuracy: 0.5, validLoss: 1.5, validAccuracy: 0.75 },
];

test.each([
  ['base64', Buffer.from(csv).toString('base64')],
  ['base64 in lines', Buffer.from(csv).toString('base64').replace(/.{76}/g, '$&\n')],
  ['plain text', csv],
  ['plain text with a byte order mark and Windows line ends', `\uFEFF${csv.replaceAll('\n', '\r\n')}`],
  ['plain text with spaces', csv.replaceAll(',', ', ')],
])('a result file in %s is read', (_, content) => {
  expect(parseResultFile(content)).toEqual(curve);
});

test('columns are read by their names, rows are put in order, what is no step is left out', () => {
  const content = 'epoch,train_loss,step,total_steps\n1,1.5,20,20\n1,3,10,20\n1,2,,20\n1,NaN,15,20\n\n';
  expect(parseResultFile(content)).toEqual([
    { step: 10, totalSteps: 20, trainLoss: 3 },
    { step: 15, totalSteps: 20 },
    { step: 20, totalSteps: 20, trainLoss: 1.5 },
  ]);
});

test.each(['', '\n', 'step,train_loss\n', 'not a table', '<html></html>'])(
  '%j is a result file without a curve',
  (content) => {
    expect(parseResultFile(content)).toEqual([]);
  },
);

test('the loss over the whole validation set goes before that over a batch of it', () => {
  expect(toMetrics({ step: 3, valid_loss: 2, full_valid_loss: 1, full_valid_mean_token_accuracy: null })).toEqual({
    step: 3,
    validLoss: 1,
  });
});

test('a record without a step has no metrics', () => {
  expect(toMetrics({ train_loss: 1 })).toBeUndefined();
});
