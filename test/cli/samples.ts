import type { Account, MigrationState } from '../../src/client.ts';
import type { Comparison, ModelEvaluation } from '../../src/contract/evaluation.ts';
import type { RunProgress, RunResult } from '../../src/contract/run.ts';

const at = (time: string) => `2026-11-22T${time}Z`;

/** A run half way through its training. */
export function training(changes: Partial<RunProgress> = {}): RunProgress {
  return {
    name: 'support-k7fm',
    runId: 'run-1',
    attempt: 1,
    status: 'running',
    stage: 'train',
    connection: 'simulator',
    platform: 'openai',
    baseModel: 'gpt-small',
    startedAt: at('12:00:00'),
    timings: [
      { stage: 'inspect', startedAt: at('12:00:00'), endedAt: at('12:00:00.250') },
      { stage: 'split', startedAt: at('12:00:00.250'), endedAt: at('12:00:01') },
      { stage: 'estimate', startedAt: at('12:00:01'), endedAt: at('12:00:01') },
      { stage: 'access', startedAt: at('12:00:01'), endedAt: at('12:00:02') },
      { stage: 'upload', startedAt: at('12:00:02'), endedAt: at('12:00:10') },
      { stage: 'train', startedAt: at('12:00:10') },
    ],
    data: {
      train: { examples: 70, tokens: 7000 },
      validation: { examples: 10, tokens: 1000 },
      test: { examples: 20, tokens: 2000, answerTokens: 40 },
      warnings: [],
    },
    job: { id: 'ftjob-1', platformStatus: 'running', url: 'https://platform.example/jobs/ftjob-1' },
    cost: { estimatedUsd: 0.4321, pricesOf: '2026-10-15', simulated: true },
    live: {
      platformStatus: 'running',
      metrics: { step: 120, totalSteps: 240, trainLoss: 0.43214, validLoss: 0.512 },
      message: 'Step 120/240: training loss=0.43',
      estimatedFinish: at('12:02:10'),
    },
    ...changes,
  };
}

/** The moment at which {@link training} is looked at: one minute into its training. */
export const now = new Date(at('12:01:10'));

function evaluation(model: string, passed: number): ModelEvaluation {
  return {
    model,
    examples: 20,
    passed,
    errors: 0,
    score: { value: passed / 20, low: passed / 20 - 0.1, high: passed / 20 + 0.1 },
    inputTokens: 1000,
    outputTokens: 40,
    predictions: { sha256: 'aa', bytes: 1, uri: 'file:///aa' },
  };
}

export const comparison: Comparison = {
  base: evaluation('gpt-small', 8),
  tuned: evaluation('ft:gpt-small:abc', 17),
  difference: { value: 0.45, low: 0.25, high: 0.65 },
  fixed: 10,
  broken: 1,
  pValue: 0.01172,
};

/** The same run when it has succeeded, and what it returned. */
export function succeeded(changes: Partial<RunProgress> = {}): RunProgress {
  const { live: _, ...progress } = training();
  const timings = [
    ...progress.timings.slice(0, -1),
    { stage: 'train' as const, startedAt: at('12:00:10'), endedAt: at('12:02:00') },
    { stage: 'report' as const, startedAt: at('12:02:00'), endedAt: at('12:02:05') },
  ];
  return { ...progress, status: 'succeeded', stage: 'report', timings, cost: result.cost, scores, ...changes };
}

const scores = { base: comparison.base.score, tuned: comparison.tuned.score, difference: comparison.difference };

const checks = ['examples', 'graded', 'base', 'life'].map((rule) => ({ rule, passed: true, says: 'So it is.' }));

export const result: RunResult = {
  name: 'support-k7fm',
  runId: 'run-1',
  model: 'ft:gpt-small:abc',
  job: { id: 'ftjob-1', platformStatus: 'succeeded', trainedTokens: 21_000, model: 'ft:gpt-small:abc' },
  comparison,
  rivals: [
    {
      role: 'base',
      evaluation: comparison.base,
      difference: comparison.difference,
      fixed: 10,
      broken: 1,
      pValue: comparison.pValue,
      adjustedPValue: comparison.pValue,
    },
  ],
  verdict: { decision: 'promote', says: 'It passes the gate: all 4 rules hold.', checks },
  cost: { estimatedUsd: 0.4321, trainingUsd: 0.4, evaluationUsd: 0.02, pricesOf: '2026-10-15', simulated: true },
  report: { sha256: '0'.repeat(64), bytes: 10, uri: 'file:///elsewhere/report' },
};

export const account: Account = {
  connection: 'openai',
  jobsAtOnce: 1,
  holding: [{ key: 'k1', run: 'support-k7fm', model: 'gpt-small', since: '2026-11-22T11:00:00.000Z' }],
  waiting: [{ key: 'k2', run: 'support-next', model: 'gpt-small', priority: 2, since: '2026-11-22T11:30:00.000Z' }],
  months: [{ month: '2026-11', spentUsd: 12.5, reservedUsd: 3, budgetUsd: 100 }],
};

/** A migration that a schedule has begun and that is in its grace. */
export const waiting: MigrationState = {
  name: 'migrate-tunewright-a',
  status: 'running',
  startedAt: '2027-01-04T06:00:00.000Z',
  request: { model: 'a', connection: 'azure', baseModel: 'gpt-next', margin: 0.02 },
  progress: {
    model: 'a',
    to: { connection: 'azure', baseModel: 'gpt-next' },
    stage: 'grace',
    begins: '2027-01-05T06:00:00.000Z',
  },
  plan: {
    model: 'a',
    from: { version: 2, connection: 'openai', modelId: 'ft:old', baseModel: 'gpt', shutdownDate: '2027-01-14' },
    to: { connection: 'azure', platform: 'azure', baseModel: 'gpt-next' },
    method: 'supervised',
    obstacles: [],
    notes: [],
  },
};
