import { progressBlock } from '../../../src/cli/render/progress.ts';
import { progressLine } from '../../../src/cli/render/progress-line.ts';
import { plain } from '../../../src/cli/render/text.ts';
import { tried } from '../../support/tried.ts';
import { now, succeeded, training } from '../samples.ts';

const view = { width: 79, now, paint: plain, timeZone: 'UTC' };
const block = (...[progress]: Parameters<typeof training>) => progressBlock(training(progress), view);

test('a run that trains: stages, bar, losses, end, cost', () => {
  expect(block()).toBe(
    `support-k7fm  running  gpt-small on simulator
  ✔ inspect         250 ms
  ✔ split           750 ms
  ✔ estimate          0 ms
  ✔ access           1.0 s
  ✔ upload           8.0 s
  ▶ train       1 min 00 s  running
      [███████████████░░░░░░░░░░░░░░░]  50%  120 of 240 steps
      loss 0.4321 training, 0.5120 validation
      ends about 12:02, 1 min 00 s left
  · warmup
  · evaluate
  · gate
  · promote
  · report
  elapsed 1 min 10 s, estimated cost $0.4321 (simulated)`,
  );
});

test('no line is wider than the terminal, and nothing from outside moves the cursor', () => {
  const live = { trouble: `attempt 3: \x1b[2J\nthe platform is away, ${'x'.repeat(100)}` };
  const lines = progressBlock(training({ live }), { ...view, width: 40 }).split('\n');
  expect(lines.at(-1)).toBe('  trouble: attempt 3:  [2J the platform…');
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
});

test('a job that is stopped early is said to be, and why', () => {
  const earlyStop = { state: 'stopped' as const, why: 'The validation loss has turned.' };
  const said = 'early stop, stopped: The validation loss has turned.';
  expect(block({ earlyStop })).toContain(`\n  ${said}`);
  expect(progressLine(training({ earlyStop }), now, 'UTC')).toContain(said);
});

test('where the platform tells no end it is reckoned from the pace so far', () => {
  const live = { done: 1_500_000, total: 6_000_000, unit: 'bytes' as const, message: 'part 2 of 4' };
  expect(block({ live })).toContain(
    `      [███████░░░░░░░░░░░░░░░░░░░░░░░]  25%  1.5 of 6.0 MB
      ends about 12:04, 3 min 00 s left
      part 2 of 4
`,
  );
});

test('an end on another day carries the day; one in the past or unreadable is left out', () => {
  const ends = (estimatedFinish: string) => block({ live: { estimatedFinish } });
  expect(ends('2026-11-24T01:05:00Z')).toContain('ends about Tue 24 Nov, 01:05, 37 h 04 min left');
  expect(ends('2026-11-22T12:00:00Z')).not.toContain('ends about');
  expect(ends('soon')).not.toContain('ends about');
});

test('each status has its mark', () => {
  expect(block({ status: 'paused' })).toContain('  ‖ train');
  expect(block({ status: 'failed' })).toContain('  ✖ train');
  expect(progressBlock(succeeded(), view)).toContain('  ✔ report           5.0 s\n  took 2 min 05 s');
});

test('the line for logs says the same on one line', () => {
  expect(progressLine(training(), now, 'UTC')).toBe(
    'support-k7fm running: train, running, 120 of 240 steps, loss 0.4321 training, 0.5120 validation, ends about 12:02, 1 min 00 s left',
  );
  expect(
    progressLine(training({ live: { done: 1, total: 1200, unit: 'examples', trouble: 'away' } }), now, 'UTC'),
  ).toBe(
    'support-k7fm running: train, 1 of 1,200 examples, ends about Mon 23 Nov, 08:00, 19 h 59 min left, trouble: away',
  );
  expect(progressLine(succeeded(), now)).toBe('support-k7fm succeeded: report');
});

const hyperparameters = { epochs: 9, batchSize: 'auto', learningRateMultiplier: 'auto' } as const;
const long = tried({ name: 'long', hyperparameters });

test('tries are listed under the training, each with what it is made of and how far it has come', () => {
  const live = { platformStatus: 'running', metrics: { step: 12, totalSteps: 40, trainLoss: 1.2 } };
  const tries = [tried({ status: 'training', live }), { ...long, status: 'waiting' as const }];
  const { live: _, ...progress } = training({ tries });
  expect(progressBlock(progress, view)).toContain(
    `  ▶ train       1 min 00 s
      · usual  gpt-small, running, 12 of 40 steps, loss 1.2000 training
      · long   gpt-small, 9 epochs, waiting
`,
  );
  expect(progressLine(progress, now)).toBe(
    'support-k7fm running: train, usual (running, 12 of 40 steps, loss 1.2000 training), long (waiting)',
  );
});

test('tries that have ended tell score, losses, cost, and why one was chosen', () => {
  const score = { value: 0.9, low: 0.8, high: 0.96 };
  const cost = { estimatedUsd: 5, trainingUsd: 4.5 };
  const metrics = { step: 40, trainLoss: 0.1, validLoss: 0.25 };
  const tries = [
    tried({ score, cost, metrics, chosen: true, says: 'The best on the validation examples.' }),
    { ...long, status: 'failed' as const, says: 'The job has failed.' },
  ];
  expect(progressBlock(succeeded({ tries }), { ...view, width: 200 })).toContain(
    `      ✔ usual  gpt-small, score 90.0% (80.0 to 96.0), loss 0.1000 training, 0.2500 validation, $4.50, The best on the validation examples.
      ✖ long   gpt-small, 9 epochs, failed, The job has failed.
`,
  );
});
