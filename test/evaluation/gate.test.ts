import type { ModelEvaluation } from '../../src/contract/evaluation.ts';
import { type GateConfig, gateSchema } from '../../src/contract/gate.ts';
import type { Rival, RivalRole, Slice } from '../../src/contract/verdict.ts';
import { judge } from '../../src/evaluation/gate.ts';
import { failBeforehand, type GateEvidence } from '../../src/evaluation/gate-rules.ts';
import { mcnemarTest, pairedInterval, wilsonInterval } from '../../src/evaluation/statistics.ts';

const ref = { sha256: 'ab'.repeat(32), bytes: 1, uri: 'file:///predictions.jsonl' };

function evaluation(passed: number, changes: Partial<ModelEvaluation> = {}): ModelEvaluation {
  const examples = 200;
  const score = wilsonInterval(passed, examples);
  return {
    model: 'm',
    examples,
    passed,
    errors: 0,
    score,
    inputTokens: 0,
    outputTokens: 0,
    predictions: ref,
    ...changes,
  };
}

/** A rival on 200 examples of which the tuned model answers 160 right. */
function rival(role: RivalRole, fixed: number, broken: number): Rival {
  const pValue = mcnemarTest({ fixed, broken });
  const difference = pairedInterval({ examples: 200, fixed, broken });
  return {
    role,
    evaluation: evaluation(160 - fixed + broken),
    difference,
    fixed,
    broken,
    pValue,
    adjustedPValue: pValue,
  };
}

const clearly = rival('base', 60, 10);
const nan = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

function evidence(changes: Partial<GateEvidence> = {}): GateEvidence {
  const rivals = changes.rivals ?? [clearly];
  return {
    rivals,
    expected: rivals.map(({ role }) => role),
    tuned: evaluation(160),
    slices: [],
    lifeDays: 400,
    ...changes,
  };
}

function verdict(changes: Partial<GateEvidence> = {}, gate: Partial<Record<keyof GateConfig, unknown>> = {}) {
  const { decision, checks, ...rest } = judge(gateSchema.parse(gate), evidence(changes));
  return { decision, failed: checks.filter(({ passed }) => !passed).map(({ rule }) => rule), ...rest };
}

test('a model that is shown to be better passes', () => {
  expect(verdict()).toMatchObject({
    decision: 'promote',
    failed: [],
    says: 'Better than the base model (+25.0 points): all 4 rules of the gate hold.',
  });
});

describe('the gate fails closed', () => {
  test.each<[string, Partial<GateEvidence>, Partial<Record<keyof GateConfig, unknown>>, string[]]>([
    ['too few examples', { tuned: evaluation(160, { examples: 29 }) }, {}, ['examples']],
    ['one right answer to all examples', { answers: 1 }, {}, ['answers']],
    ['fewer right answers than asked for', { answers: 4 }, { minimumAnswers: 5 }, ['answers']],
    ['answers that never came', { tuned: evaluation(160, { errors: 5 }) }, {}, ['graded']],
    [
      'a base that did not answer',
      { rivals: [{ ...clearly, evaluation: evaluation(100, { errors: 9 }) }] },
      {},
      ['graded'],
    ],
    ['a tie with the champion', { rivals: [clearly, rival('champion', 12, 12)] }, {}, ['champion']],
    ['a difference that may be chance', { rivals: [clearly, rival('champion', 12, 6)] }, {}, ['champion']],
    ['a champion that was not asked', { expected: ['base', 'champion'] }, {}, ['champion']],
    ['a margin that is not reached', {}, { margins: { base: 0.25 } }, ['base']],
    ['a score below what is asked', {}, { minimumScore: 0.81 }, ['minimum_score']],
    ['an unknown cost', {}, { maximumUsdPer1000: 1 }, ['cost']],
    ['a cost above its bound', { usdPer1000: 1.5 }, { maximumUsdPer1000: 1 }, ['cost']],
    ['answers that were not timed', {}, { maximumMedianMs: 500 }, ['latency']],
    [
      'answers that come too late',
      { tuned: evaluation(160, { medianLatencyMs: 501 }) },
      { maximumMedianMs: 500 },
      ['latency'],
    ],
    ['an unknown life', { lifeDays: undefined }, {}, ['life']],
    ['too short a life', { lifeDays: 13.9 }, {}, ['life']],
    ['no slice to look at', {}, { slices: {} }, ['slice']],
    ['examples that training has seen', { seen: 0.03 }, {}, ['unseen']],
    ['a share of them that is no number', { seen: Number.NaN }, {}, ['unseen']],
    ['a life that is no number', { lifeDays: Number.NaN }, {}, ['life']],
    ['no model to compare with', { rivals: [], expected: [] }, {}, ['base']],
    [
      'a champion that was asked though nobody expected it',
      { rivals: [clearly, rival('champion', 2, 9)], expected: ['base'] },
      {},
      ['champion'],
    ],
    ['figures that are no numbers', { rivals: [{ ...clearly, difference: nan, pValue: Number.NaN }] }, {}, ['base']],
    [
      'a score that is none',
      { tuned: evaluation(160, { passed: Number.NaN }) },
      { minimumScore: 0.1 },
      ['minimum_score'],
    ],
    [
      'no examples at all',
      { tuned: evaluation(0, { examples: 0, passed: 0, score: nan }) },
      { minimumScore: 0, maximumFailures: 0.5 },
      ['examples', 'graded'],
    ],
    ['examples that repeat others', { tuned: evaluation(20, { examples: 20, repeated: 180 }) }, {}, ['examples']],
    [
      'a base model beaten by answers alone that it did not give',
      { rivals: [{ ...clearly, atWorst: rival('base', 4, 0) }] },
      {},
      ['base'],
    ],
    [
      'a score that only what has no grade lifts above the bar',
      { tuned: evaluation(158, { ungraded: 4, score: wilsonInterval(158, 196) }) },
      { minimumScore: 0.8 },
      ['minimum_score'],
    ],
    [
      'a field by which nothing can be told apart',
      { slices: [{ field: 'reference', slices: [slice(2, 3)] }], unsliced: ['customer'] },
      { slices: {} },
      ['slice'],
    ],
    [
      'a slice of which nothing has a grade',
      {
        slices: [
          {
            field: 'language',
            slices: [{ ...slice(0, 0), atWorst: pairedInterval({ examples: 40, fixed: 0, broken: 40 }) }],
          },
        ],
      },
      { slices: {} },
      ['slice'],
    ],
    [
      'a slice without figures behind one that has them',
      { slices: [{ field: 'language', slices: [slice(2, 3), { ...slice(2, 3), difference: nan }] }] },
      { slices: {} },
      ['slice'],
    ],
  ])('%s', (_, changes, gate, failed) => {
    expect(verdict(changes, gate)).toMatchObject({ decision: 'keep', failed });
  });
});

test('examples of one right answer promote where they may', () => {
  expect(verdict({ answers: 1 }, { minimumAnswers: 1 })).toMatchObject({ decision: 'promote' });
  expect(verdict({ answers: 1 }).says).toContain(
    'All held-out examples have the same right answer, so that a model which always gives it would be right; at least 2 different ones asked for.',
  );
});

test('five of five right is no proof: the interval alone would have passed it', () => {
  const few = { examples: 5, passed: 5, errors: 0 };
  const difference = pairedInterval({ examples: 5, fixed: 5, broken: 0 });
  const rivals = [{ ...rival('base', 5, 0), difference, pValue: mcnemarTest({ fixed: 5, broken: 0 }) }];
  expect(difference.low).toBeGreaterThan(0);
  expect(verdict({ rivals, tuned: evaluation(5, few) }, { minimumExamples: 5 })).toMatchObject({ failed: ['base'] });
});

test('a margin below zero asks for no worse, and is passed by a model that is as good', () => {
  const asGood = { rivals: [clearly, rival('champion', 5, 4)] };
  expect(verdict(asGood)).toMatchObject({ decision: 'keep' });
  expect(verdict(asGood, { margins: { champion: -0.05 } })).toMatchObject({
    decision: 'promote',
    says: 'Better than the base model (+25.0 points) and no worse than the champion (+0.5 points): all 5 rules of the gate hold.',
  });
  expect(verdict(asGood, { margins: { champion: -0.01 } })).toMatchObject({ decision: 'keep', failed: ['champion'] });
});

test('that nothing changed on a few examples does not show that nothing is lost', () => {
  const unchanged = (examples: number) => {
    const same = { ...rival('champion', 0, 0), difference: pairedInterval({ examples, fixed: 0, broken: 0 }) };
    return verdict({ rivals: [clearly, same] }, { margins: { champion: -0.02 } });
  };
  expect(unchanged(30)).toMatchObject({ decision: 'keep', failed: ['champion'] });
  expect(unchanged(180)).toMatchObject({ decision: 'keep', failed: ['champion'] });
  expect(unchanged(200)).toMatchObject({ decision: 'promote' });
});

function slice(fixed: number, broken: number, examples = 40): Slice {
  const difference = pairedInterval({ examples, fixed, broken });
  return { value: 'v', examples, tuned: wilsonInterval(20, examples), rivals: {}, difference };
}

test('a slice that is shown to be worse fails, one that may be so by chance does not, a small one is left out', () => {
  const gate = { slices: { maximumDrop: 0.1 } };
  const of = (...slices: Slice[]) => verdict({ slices: [{ field: 'language', slices }] }, gate);
  expect(of(slice(2, 3), slice(0, 16))).toMatchObject({ decision: 'keep', failed: ['slice'] });
  expect(of(slice(2, 3), slice(1, 5))).toMatchObject({ decision: 'promote' });
  expect(of(slice(2, 3), slice(0, 16, 19))).toMatchObject({ decision: 'promote' });
});

test('what cannot pass whatever is learnt is known as soon as the data are split', () => {
  const known = (examples: number, seen: number) =>
    failBeforehand(gateSchema.parse({}), { examples, seen }).map(({ rule }) => rule);
  expect(known(30, 0.02)).toEqual([]);
  expect(known(29, 0)).toEqual(['examples']);
  expect(known(29, 0.5)).toEqual(['examples', 'unseen']);
});

test('"prompt instead" is said where examples in the prompt do as well, and only then', () => {
  const prompted = rival('prompted', 8, 8);
  expect(verdict({ rivals: [clearly, prompted] })).toMatchObject({
    decision: 'prompt',
    says: expect.stringMatching(
      /^No need to tune: the base model with examples in its prompt does as well\. 0\.0 points/,
    ),
  });
  // Not shown to be worse than the tuned model, but the champion is better than both.
  expect(verdict({ rivals: [clearly, prompted, rival('champion', 5, 25)] })).toMatchObject({ decision: 'keep' });
  expect(verdict({ rivals: [clearly, prompted], tuned: evaluation(160, { errors: 50 }) })).toMatchObject({
    decision: 'keep',
  });
  expect(verdict({ rivals: [clearly, prompted], answers: 1 })).toMatchObject({ decision: 'keep' });
});

test('where more examples would help it says how many', () => {
  const { examplesNeeded } = verdict({ rivals: [clearly, rival('champion', 12, 6)] });
  expect(examplesNeeded).toBeGreaterThan(200);
  expect(verdict({ rivals: [clearly, rival('champion', 6, 12)] })).not.toHaveProperty('examplesNeeded');
  // More of them would not make it better than a champion that did better.
  const [unclear, worse] = [rival('base', 12, 6), rival('champion', 6, 12)];
  expect(verdict({ rivals: [unclear, worse] })).not.toHaveProperty('examplesNeeded');
});

test('nothing of the data is quoted: a verdict stands in a history', () => {
  const slices = [{ field: 'customer', slices: [{ ...slice(0, 20), value: 'a customer of ours' }] }];
  expect(JSON.stringify(judge(gateSchema.parse({ slices: {} }), evidence({ slices })))).not.toContain('of ours');
});
