import { lossCurves } from '../../../src/cli/render/curve.ts';
import { progressBlock } from '../../../src/cli/render/progress.ts';
import { plain } from '../../../src/cli/render/text.ts';
import { createSeen } from '../../../src/cli/seen.ts';
import { now, training } from '../samples.ts';

const points = [
  { step: 1, trainLoss: 2.4, validLoss: 2.4 },
  { step: 40, trainLoss: 1.2 },
  { step: 80, trainLoss: 0.6, validLoss: 1.2 },
  { step: 120, trainLoss: 0.4 },
];

test('both losses on one scale, as long as the training has come', () => {
  expect(lossCurves(points, 240, 24)).toEqual([
    '█▇▅▄▃▃▂▂▂▁▁▁              training loss 0.4000',
    '█▇▇▆▆▅▄▄                  validation loss 1.2000',
  ]);
});

test('what was not seen stays empty, and one point is no curve', () => {
  expect(lossCurves(points.slice(2), 240, 24)).toEqual(['       ▃▂▂▁▁              training loss 0.4000']);
  expect(lossCurves(points.slice(3), 240, 24)).toEqual([]);
  expect(lossCurves([], 240, 24)).toEqual([]);
});

test('it stands under the bar, column by column; a terminal that is too narrow has the figures alone', () => {
  const block = (width: number) =>
    progressBlock(training(), { width, now, paint: plain, seen: points, timeZone: 'UTC' });
  expect(block(79)).toContain(`      [███████████████░░░░░░░░░░░░░░░]  50%  120 of 240 steps
       █▇▆▅▄▃▃▃▂▂▂▁▁▁▁                 training loss 0.4000
       ██▇▇▆▆▅▅▄▄                      validation loss 1.2000
      ends about`);
  expect(block(63)).toContain('50%  120 of 240 steps\n      loss 0.4321 training, 0.5120 validation\n');
});

test('points are those of the attempt that is watched, one a step', () => {
  const seen = createSeen();
  const at = (attempt: number, step: number, trainLoss: number) =>
    seen(training({ attempt, live: { metrics: { step, trainLoss } } }));
  at(1, 20, 0.5);
  at(1, 10, 0.7);
  expect(at(1, 20, 0.4)).toEqual([
    { step: 10, trainLoss: 0.7 },
    { step: 20, trainLoss: 0.4 },
  ]);
  expect(seen(training({ attempt: 1, live: {} }))).toHaveLength(2);
  expect(at(2, 1, 2)).toEqual([{ step: 1, trainLoss: 2 }]);
});
