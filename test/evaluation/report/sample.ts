import { parseEvaluateRequest, parseRunConfig } from '../../../src/contract/config.ts';
import type { Estimate, ModelEvaluation } from '../../../src/contract/evaluation.ts';
import type { EvaluationReport } from '../../../src/evaluation/evaluated.ts';
import type { RunReport } from '../../../src/evaluation/report.ts';

const ref = { sha256: '0123456789abcdef'.repeat(4), bytes: 12, uri: 'file:///store/01.jsonl' };
const questions = 120;

/** A share of the sample's held-out questions, with an interval of some width. */
function share(passed: number, of = questions): Estimate {
  const half = 1 / Math.sqrt(of);
  const value = passed / of;
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

function evaluation(model: string, passed: number, errors = 0): ModelEvaluation {
  return {
    model,
    examples: questions,
    passed,
    errors,
    score: share(passed),
    inputTokens: 12_000,
    outputTokens: 300,
    predictions: ref,
  };
}

function difference(value: number): Estimate {
  return { value, low: value - 0.1, high: value + 0.1 };
}

const tuned = evaluation('ft:sim-base:support', 96, 1);
const base = evaluation('sim-base', 54);
const against = { fixed: 48, broken: 6, pValue: 3.9e-10 };

/** A report in which every section has something to say. */
export function fullReport(changes: Partial<RunReport> = {}): RunReport {
  return {
    run: { name: 'support-k7fm', runId: 'run-1', attempt: 2, parent: { name: 'support-k7fm', runId: 'run-0' } },
    startedAt: '2026-11-01T10:00:00.000Z',
    endedAt: '2026-11-01T10:21:35.000Z',
    connection: 'embedded',
    platform: 'openai',
    simulated: true,
    baseModel: 'sim-base',
    model: 'ft:sim-base:support',
    job: { id: 'ftjob-1', platformStatus: 'succeeded', url: 'https://platform.example/ftjob-1', trainedTokens: 46_200 },
    config: parseRunConfig({ model: 'sim-base', data: { train: 'support.jsonl' }, budgetUsd: 5 }),
    data: {
      train: { examples: 400, tokens: 42_000 },
      validation: { examples: 40, tokens: 4200 },
      test: { examples: questions, tokens: 13_000, answerTokens: 250 },
      warnings: ['data.jsonl: No system messages. [missing_system]', 'A prompt <b>leaks</b>.'],
    },
    sources: { train: ref, validation: ref, test: ref },
    cost: { estimatedUsd: 1.9, trainingUsd: 1.5, evaluationUsd: 0.25, pricesOf: '2026-10-20', simulated: true },
    comparison: { base, tuned, difference: difference(0.35), ...against },
    verdict: {
      decision: 'promote',
      says: 'It passes the gate: all 3 rules hold.',
      checks: [
        { rule: 'minimum_score', passed: true, says: 'At least 70.0% right were asked for, 80.0% are.' },
        { rule: 'champion', passed: true, says: 'Better than version 3 by more than 2 points, with 95% confidence.' },
        { rule: 'life', passed: true, says: 'The base model answers for 407 more days, 90 were asked for.' },
      ],
      examplesNeeded: 96,
    },
    rivals: [
      { role: 'base', evaluation: base, difference: difference(0.35), ...against, adjustedPValue: 1.2e-9 },
      {
        role: 'prompted',
        evaluation: evaluation('sim-base', 74),
        difference: difference(0.183),
        ...{ fixed: 30, broken: 8, pValue: 0.0005, adjustedPValue: 0.001 },
      },
      {
        role: 'champion',
        evaluation: evaluation('ft:sim-base:support-3', 81),
        difference: difference(0.125),
        ...{ fixed: 22, broken: 7, pValue: 0.008, adjustedPValue: 0.008 },
      },
    ],
    slices: [
      {
        field: 'reference',
        slices: Array.from({ length: 18 }, (_, at) => ({
          value: `intent_${at}`,
          examples: 6,
          tuned: share(4, 6),
          rivals: { base: share(2, 6), champion: share(3, 6) },
          difference: difference(at / 20 - 0.15),
        })),
      },
      {
        field: 'language',
        slices: [
          {
            value: 'de',
            examples: 40,
            tuned: share(30, 40),
            rivals: { base: share(20, 40) },
            difference: difference(0.25),
          },
          {
            value: 'en',
            examples: 80,
            tuned: share(66, 80),
            rivals: { base: share(34, 80) },
            difference: difference(0.4),
          },
        ],
      },
    ],
    confusions: [
      { reference: 'refund_status', answer: 'refund_request', count: 4 },
      { reference: 'card_arrival', answer: 'card_lost', count: 2 },
    ],
    regressions: [
      {
        index: 7,
        reference: 'card_arrival',
        base: 'card_arrival',
        champion: 'card_arrival',
        tuned: 'card_lost',
        question: 'I ordered a card two weeks ago.\nWhere is it?',
      },
      { index: 31, reference: 'change_plan', base: 'change_plan' },
    ],
    training: {
      curve: Array.from({ length: 120 }, (_, at) => ({
        step: 10 * at + 1,
        totalSteps: 1200,
        trainLoss: 2.8 * Math.exp(-at / 25) + 0.05 + 0.12 * Math.abs(Math.sin(at * 1.7)),
        trainAccuracy: 1 - 0.9 * Math.exp(-at / 22),
        ...(at % 4 === 0
          ? { validLoss: 1.9 * Math.exp(-at / 30) + 0.8 + at / 400, validAccuracy: 0.7 - 0.6 * Math.exp(-at / 20) }
          : {}),
      })),
      checkpoints: [400, 800, 1200].map((step) => ({
        model: `ft:sim-base:support:step-${step}`,
        step,
        metrics: { step, validLoss: 0.9 + Math.abs(step - 800) / 2000, validAccuracy: 0.66 },
      })),
    },
    checkpoint: {
      chosen: 'ft:sim-base:support:step-800',
      why: 'The validation loss turned after step 800 while the training loss went on falling; of the checkpoints asked on the validation examples that of step 800 scored best.',
      candidates: [
        { model: 'ft:sim-base:support:step-800', step: 800, validLoss: 0.9, score: 0.81 },
        { model: 'ft:sim-base:support:step-1200', step: 1200, validLoss: 1.1, score: 0.77 },
      ],
    },
    registered: {
      name: 'support-intents',
      version: 4,
      promoted: true,
      approvedBy: 'on-call',
      champion: { version: 3, model: 'ft:sim-base:support-3' },
    },
    timings: [
      { stage: 'inspect', startedAt: '2026-11-01T10:00:00.000Z', endedAt: '2026-11-01T10:00:08.250Z' },
      { stage: 'upload', startedAt: '2026-11-01T10:00:08.250Z', endedAt: '2026-11-01T10:01:08.000Z' },
      { stage: 'train', startedAt: '2026-11-01T10:01:08.000Z', endedAt: '2026-11-01T10:18:00.000Z' },
      { stage: 'evaluate', startedAt: '2026-11-01T10:18:00.000Z', endedAt: '2026-11-01T10:21:33.000Z' },
      { stage: 'report', startedAt: '2026-11-01T10:21:33.000Z' },
    ],
    ...changes,
  };
}

/** The report of an evaluation without a run, of three models. */
export function evaluatedReport(changes: Partial<EvaluationReport> = {}): EvaluationReport {
  const { slices, confusions, regressions } = fullReport();
  const compared = (name: string, passed: number, points: number, pValue: number) => {
    const figures = { difference: difference(points), ...against, pValue };
    const comparison = { base, tuned: evaluation(name, passed), ...figures };
    return { name, figures, details: { name, comparison, rivals: [], slices, confusions, regressions } };
  };
  const better = compared('support-intents', 96, 0.35, 1e-9);
  const alike = compared('simulator/sim-base, prompted', 58, 0.03, 0.6);
  const both = [alike, better];
  return {
    name: 'evaluate-65c29192',
    endedAt: '2026-11-01T10:21:35.000Z',
    simulated: true,
    request: parseEvaluateRequest({
      models: ['simulator/sim-base', 'support-intents'],
      data: 'held-out.jsonl',
      train: 'train.jsonl',
      budgetUsd: 5,
      evaluation: { prompted: { examples: 4 } },
    }),
    test: ref,
    models: [
      { name: 'simulator/sim-base', connection: 'simulator', model: 'sim-base', evaluation: base },
      ...both.map(({ name, details }) => ({
        name,
        connection: 'simulator',
        model: name,
        evaluation: details.comparison.tuned,
      })),
    ],
    comparisons: both.map(({ name, figures }) => ({ name, ...figures, adjustedPValue: figures.pValue })),
    warnings: ['held-out.jsonl: line 3: A prompt <b>leaks</b>. [leak]'],
    cost: { estimatedUsd: 0.2, usd: 0.1 },
    details: both.map(({ details }) => details),
    ...changes,
  };
}

/** Texts that are ours to choose from: times, stages, decisions, roles, which no data reach. */
const ours = /^(20\d\d-|inspect$|upload$|train$|evaluate$|report$|promote$|base$|prompted$|champion$|reference$)/;

/** A report in which every text that data, a platform or a person can have written is another one. */
export function replaced<Report extends RunReport | EvaluationReport>(report: Report, text: string): Report {
  return JSON.parse(JSON.stringify(report), (_, value) =>
    typeof value === 'string' && !ours.test(value) ? text : value,
  ) as Report;
}
