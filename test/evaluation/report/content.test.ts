import type { TrainingMetrics } from '../../../src/contract/run.ts';
import { changedPart } from '../../../src/evaluation/report/content/change.ts';
import { contentOf } from '../../../src/evaluation/report/content/index.ts';
import { outcomeOf } from '../../../src/evaluation/report/content/outcome.ts';
import { differencesScale, durationScale } from '../../../src/evaluation/report/content/scale.ts';
import { thinned } from '../../../src/evaluation/report/content/thin.ts';
import type { RunReport } from '../../../src/evaluation/report.ts';
import { tried } from '../../support/tried.ts';
import { evaluatedReport, fullReport } from './sample.ts';

const { registered } = fullReport();
const decided = (decision: 'promote' | 'keep' | 'prompt') => ({ says: 'So it is.', checks: [], decision });

describe('the verdict in a word', () => {
  test.each<[string, Partial<RunReport>]>([
    ['Promoted', { verdict: decided('promote') }],
    ['Passed, not promoted', { verdict: decided('promote'), registered: { ...registered, promoted: false } as never }],
    ['Kept what is in service', { verdict: decided('keep') }],
    ['Not promoted', { verdict: decided('keep'), registered: { name: 'a', version: 1, promoted: false } }],
    ['Prompt instead', { verdict: decided('prompt') }],
  ])('%s', (word, changes) => {
    expect(outcomeOf(fullReport(changes))).toMatchObject({ word, why: 'So it is.' });
  });
});

test('answers without a grade are counted and told with their reasons, and so is what judges have used', () => {
  const { comparison, rivals } = fullReport();
  const judge = { inputTokens: 9_000, outputTokens: 1, usd: 0.0123 };
  const tuned = {
    ...comparison.tuned,
    passed: 90,
    ungraded: 4,
    ungradedBy: { bad_answer: 3, refused: 1 },
    meanScore: 0.8125,
  };
  const scores = { difference: { value: 0.1, low: -0.05, high: 0.25 }, pValue: 0.2 };
  const report = fullReport({
    comparison: { ...comparison, tuned: { ...tuned, judge } },
    rivals: rivals.map((rival) => ({ ...rival, ungraded: 5, scores })),
  });
  const blocks = contentOf(report).sections.find(({ id }) => id === 'evaluation')?.blocks ?? [];
  expect(blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))).toEqual([
    expect.stringMatching(/^The most frequent right answer is that of 5\.0%/),
    'Tuned model: 4 answers could not be graded (bad_answer 3, refused 1), and left out of its score.',
    'Tuned model: the judge of its answers read 9,000 tokens and wrote 1 token, $0.0123.',
    expect.stringMatching(/^To show the difference/),
  ]);
  const [byItself, against] = blocks.flatMap((block) => (block.kind === 'table' ? [block] : []));
  const cell = (table: typeof against, name: string) =>
    table?.rows[0]?.[table.columns.findIndex((one) => one.name === name)];
  expect(cell(byItself, 'Right')).toBe('90 of 116');
  expect(cell(byItself, 'Mean score')).toBe('0.813');
  expect(cell(byItself, 'Not graded')).toEqual({ text: '4', tone: 'bad' });
  expect(cell(against, 'Left out')).toBe('5');
  expect(cell(against, 'Difference of mean scores')).toEqual({ text: '+0.100 (-0.050 to 0.250)' });
});

describe('what to mind with the verdict', () => {
  const caveats = (changes: Partial<RunReport>) => outcomeOf(fullReport(changes)).caveats;
  const { comparison, rivals, slices, data } = fullReport();

  test('nothing, where there is nothing', () => {
    expect(caveats({})).toEqual([]);
  });

  test('a version in service that could not be compared with', () => {
    expect(caveats({ rivals: rivals.filter(({ role }) => role !== 'champion') })).toEqual([
      expect.stringMatching(/^Version 3, in service until then, could not be asked/),
    ]);
  });

  test('held-out examples that repeat others, and one right answer to all', () => {
    const tuned = { ...comparison.tuned, repeated: 40 };
    const [only] = slices[0]?.slices ?? [];
    const one = [{ field: 'reference', slices: only ? [only] : [] }];
    expect(caveats({ comparison: { ...comparison, tuned }, slices: one })).toEqual([
      'All questions have the same right answer: a model that always gives it would get all of them right.',
      '40 examples beside the 120 questions that count: each repeats one of them.',
    ]);
  });

  test('held-out examples that training has seen, and fields that tell nothing apart', () => {
    const leak = 'split: 3 of 120 examples ask what the training file asks too. [leaked_prompts]';
    expect(caveats({ unsliced: ['customer'], data: { ...data, warnings: [...data.warnings, leak] } })).toEqual([
      'By customer nothing can be told apart: it has over 100 values, or none that occurs twice.',
      leak,
    ]);
  });
});

test('with the base model alone there is nothing to correct, and it is the one to beat', () => {
  const [base] = fullReport().rivals;
  const content = contentOf(fullReport({ rivals: base ? [base] : [] }));
  const evaluation = content.sections.find(({ id }) => id === 'evaluation');
  const tables = evaluation?.blocks.flatMap((block) => (block.kind === 'table' ? [block] : [])) ?? [];
  expect(tables.map(({ rows }) => rows.length)).toEqual([2, 1]);
  expect(tables[1]?.columns.map(({ name }) => name)).not.toContain('p, Holm');
  expect(content.outcome.figures[1]).toMatchObject({ name: 'Against the base model', value: '+35.0' });
});

describe('what an evaluation without a run has found', () => {
  const { models, comparisons, details } = evaluatedReport();
  const outcome = (count: number, change: Partial<(typeof comparisons)[number]> = {}) =>
    contentOf(
      evaluatedReport({
        models: models.slice(0, count + 1),
        comparisons: comparisons.slice(0, count).map((one) => ({ ...one, ...change })),
        details: details.slice(0, count),
      }),
    ).outcome;
  const points = (low: number, high: number) => ({ value: (low + high) / 2, low, high });

  test.each([
    ['one model alone', outcome(0), 'One model measured', 'neutral'],
    ['no difference', outcome(1), 'No difference shown', 'neutral'],
    ['one better of two', outcome(2), '1 better, of 2', 'good'],
    ['better', outcome(1, { difference: points(0.1, 0.3), adjustedPValue: 0.001 }), 'Better', 'good'],
    ['worse', outcome(1, { difference: points(-0.3, -0.1), adjustedPValue: 0.001 }), 'Worse', 'bad'],
    ['all worse', outcome(2, { difference: points(-0.3, -0.1), adjustedPValue: 0.001 }), '2 worse, of 2', 'bad'],
  ])('%s', (_, { word, tone }, expected, how) => {
    expect([word, tone]).toEqual([expected, how]);
  });

  test('an interval without 0 alone shows nothing: the corrected p has to agree, and is told where it does not', () => {
    const { word, says } = outcome(1, { difference: points(0.01, 0.2), adjustedPValue: 0.06 });
    expect(word).toBe('No difference shown');
    expect(says).toMatch(
      /No difference was shown of simulator\/sim-base, prompted \(\+10\.5 points, 95% interval 1\.0 to 20\.0, but p = 0\.060\)\.$/,
    );
  });

  test('no rules of a gate, for none has judged', () => {
    expect(outcome(2)).not.toHaveProperty('checks');
  });
});

describe('what of an answer departs from the right one', () => {
  test.each([
    ['card_arrival', 'card_lost', ['card_', 'lost', '']],
    ['refund the whole sum', 'refund half of the sum', ['refund ', 'half of the', ' sum']],
    ['a', 'a', ['a', '', '']],
    ['a a', 'a a a', ['a a', ' a', '']],
    ['', 'new', ['', 'new', '']],
    ['über allen', 'über alles', ['über ', 'alles', '']],
  ])('%j, answered %j', (reference, text, [before, changed, after]) => {
    expect(changedPart(reference, text)).toEqual({ before, changed, after });
  });
});

describe('a curve of many points', () => {
  test('is thinned to what looks the same: no peak is lost, and the order stays', () => {
    const points = Array.from({ length: 10_000 }, (_, at) => [at, at === 7_777 ? 9 : Math.sin(at / 50)] as const);
    const kept = thinned(points);
    expect(kept.length).toBeLessThanOrEqual(600);
    expect(kept).toContainEqual([7_777, 9]);
    expect(kept.map(([step]) => step)).toEqual(kept.map(([step]) => step).toSorted((a, b) => a - b));
  });

  test('of few points all are kept', () => {
    const points = Array.from({ length: 600 }, (_, at) => [at, at] as const);
    expect(thinned(points)).toEqual(points);
  });
});

test('a metric that a platform did not tell, or told as null, is no point of the curve', () => {
  const curve = [
    { step: 1, trainLoss: 2, validLoss: null },
    { step: 2, trainLoss: 1 },
    { step: 3, validLoss: 3 },
  ] as unknown as TrainingMetrics[];
  const { checkpoint: _, ...rest } = fullReport({ training: { curve } });
  const training = contentOf(rest).sections.find(({ id }) => id === 'training');
  expect(training?.blocks[0]).toMatchObject({
    kind: 'curves',
    curves: [
      {
        training: [
          [1, 2],
          [2, 1],
        ],
        validation: [[3, 3]],
      },
    ],
  });
});

test('the tuned model and the checkpoint of its last step are one: told once, with what each name is known by', () => {
  const checkpoint = {
    chosen: 'ft:sim-base:support',
    why: 'So it was.',
    candidates: [{ model: 'ft:sim-base:support', step: 1200, validLoss: 9, score: 0.81 }],
  };
  const training = contentOf(fullReport({ checkpoint })).sections.find(({ id }) => id === 'training');
  const [curves] = training?.blocks.flatMap((block) => (block.kind === 'curves' ? block.curves : [])) ?? [];
  expect(curves?.checkpoints.map(({ step, chosen, value }) => [step, chosen, value])).toEqual([
    [1200, true, 1.1],
    [800, false, 0.9],
    [400, false, 1.1],
  ]);
});

test('scales hold all intervals and 0, and tell time in a unit that suits it', () => {
  const labels = ({ ticks }: { ticks: { label: string }[] }) => ticks.map(({ label }) => label);
  expect(labels(differencesScale([{ value: 0.12, low: 0.03, high: 0.19 }]))).toEqual(['0', '', '+10', '', '+20']);
  expect(labels(differencesScale([{ value: 0, low: 0, high: 0 }]))).toContain('0');
  expect(labels(durationScale(10_355))).toEqual(['0 s', '5 s', '10 s']);
  expect(labels(durationScale(7_200_000))).toEqual(['0 h', '0.5 h', '1 h', '1.5 h', '2 h']);
  expect(labels(durationScale(0))).toEqual(['0 ms']);
});

test('tries are told with score, interval, losses and cost, and why one of them was chosen', () => {
  const score = { value: 0.9, low: 0.8, high: 0.96 };
  const report = fullReport({
    tries: [
      tried({
        score,
        asked: 40,
        cost: { estimatedUsd: 5, trainingUsd: 4, evaluationUsd: 0.5 },
        chosen: true,
        says: 'The best.',
      }),
      tried({ name: 'bold', status: 'failed', says: 'The job has failed.' }),
    ],
  });
  const section = contentOf(report).sections.find(({ id }) => id === 'tries');
  const [text, each, why] = section?.blocks ?? [];
  expect(text).toMatchObject({ kind: 'text', text: expect.stringContaining('40 validation examples') });
  expect(each?.kind === 'table' && each.rows).toMatchObject([
    [
      { text: 'usual', detail: 'gpt-small' },
      { text: '✓ chosen' },
      '90.0%',
      { mark: { interval: score } },
      '80.0 to 96.0',
      '',
      '',
      '$4.50',
    ],
    [{ text: 'bold' }, { text: 'failed', tone: 'bad' }, '', '', '', '', '', ''],
  ]);
  expect(why?.kind === 'table' && why.rows.map((row) => row[1])).toEqual(['The best.', 'The job has failed.']);
  expect(contentOf(fullReport()).sections.map(({ id }) => id)).not.toContain('tries');
});
