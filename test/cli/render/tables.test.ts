import { bar } from '../../../src/cli/render/bar.ts';
import { costLine, shortCost } from '../../../src/cli/render/cost.ts';
import { evaluationTable } from '../../../src/cli/render/evaluation.ts';
import { expiringReport } from '../../../src/cli/render/expiring.ts';
import { findingLines } from '../../../src/cli/render/findings.ts';
import { inspectionReport } from '../../../src/cli/render/inspection.ts';
import { runTable } from '../../../src/cli/render/runs.ts';
import { scheduleTable } from '../../../src/cli/render/schedules.ts';
import { runDetails } from '../../../src/cli/render/show.ts';
import { plain } from '../../../src/cli/render/text.ts';
import type { DataSummary } from '../../../src/contract/run.ts';
import { now, result, succeeded, training } from '../samples.ts';

test('the evaluation: verdict, each model, the difference to each rival', () => {
  expect(evaluationTable(result, plain)).toBe(
    `The tuned model answers 85.0% of 20 held-out questions right, the base model 40.0% (+45.0 points, 95% interval 25.0 to 65.0).

       passed  score  95% interval  model
base     8/20  40.0%  30.0 to 50.0  gpt-small
tuned   17/20  85.0%  75.0 to 95.0  ft:gpt-small:abc
against base: +45.0 points, 95% interval 25.0 to 65.0, p = 0.012 (10 fixed, 1 broken)`,
  );
});

test('runs: what was spent where it is known, otherwise the estimate', () => {
  const bare = training({ name: 'a', status: 'failed', stage: 'inspect', cost: { simulated: false } });
  expect(runTable([succeeded(), training(), bare], plain, 'UTC')).toBe(
    `name          status     stage    base model  score      cost  started
support-k7fm  succeeded  report   gpt-small   85.0%   $0.4200  2026-11-22 12:00
support-k7fm  running    train    gpt-small          ~$0.4321  2026-11-22 12:00
a             failed     inspect  gpt-small                    2026-11-22 12:00`,
  );
});

test('a name from outside cannot write its own lines into a table', () => {
  expect(runTable([training({ name: 'a\n\x1b[31mb' })], plain, 'UTC').split('\n')).toHaveLength(2);
});

test('everything known of a run', () => {
  const progress = training({
    status: 'failed',
    parent: { name: 'support-first', model: 'ft:gpt-small:old' },
    reason: { code: 'job_failed', message: 'The job failed:\nbad file', advice: 'Mend the file.' },
  });
  const { live: _, data, ...over } = progress;
  const lines = runDetails(
    { ...over, data: { ...(data as DataSummary), warnings: ['data.jsonl: No system messages. [missing_system]'] } },
    { url: 'http://ui/support-k7fm', report: undefined },
    { width: 79, now, paint: plain, timeZone: 'UTC' },
  );
  expect(lines.slice(lines.indexOf('started'))).toBe(
    `started     2026-11-22 12:00
run id      run-1
continues   support-first, which left ft:gpt-small:old
data        70 training, 10 validation, 20 held-out examples
warnings    data.jsonl: No system messages. [missing_system]
job         ftjob-1 (running)
job page    https://platform.example/jobs/ftjob-1
cost        estimated $0.4321, list prices of 2026-10-15, simulated: nobody was billed
reason      The job failed:
            bad file [job_failed]
what to do  Mend the file.
Web UI      http://ui/support-k7fm`,
  );
});

test('where a checkpoint of the job is the result it is the tuned model that is shown', () => {
  const { job } = training();
  const progress = training({
    job: { id: 'ftjob-1', ...job, platformStatus: 'succeeded', model: 'ft:last' },
    model: 'ft:best',
  });
  const shown = runDetails(
    progress,
    { url: undefined, report: undefined },
    { width: 79, now, paint: plain, timeZone: 'UTC' },
  );
  expect(shown).toMatch(/^tuned model +ft:best$/m);
  expect(shown).not.toContain('ft:last');
});

test('cost: what is unknown is not told', () => {
  expect(costLine(result.cost)).toBe(
    'estimated $0.4321, training $0.4000, evaluation $0.0200, list prices of 2026-10-15, simulated: nobody was billed',
  );
  expect(costLine({ askedUsd: 0.25, trainingUsd: 1, simulated: false })).toBe(
    'answers of the old model $0.2500, training $1.00',
  );
  expect(shortCost({ askedUsd: 0.25, trainingUsd: 1, simulated: false })).toBe('$1.25');
  expect(costLine({ simulated: false })).toBe('not known yet');
  expect(shortCost({ simulated: false })).toBe('');
});

const nothing = { costs: [], savings: [] };
const none = { min: 0, p5: 0, median: 0, mean: 0, p95: 0, max: 0 };
const spreads = { messages: none, tokens: none, answerTokens: none };

test('problems of a data set with their lines', () => {
  const method = 'supervised' as const;
  const counts = {
    method,
    examples: 1200,
    tokens: 90_000,
    answerTokens: 1500,
    finalTokens: 1500,
    faultless: 20,
    longest: 4000,
    lengths: [],
    spreads,
    removable: {},
    beyond: {},
  };
  const problems = [
    { code: 'invalid_json', severity: 'error' as const, line: 3, message: 'The line is not JSON.' },
    { code: 'unrecognized_role', severity: 'error' as const, line: 7, path: 'messages[1].role', message: 'No role.' },
    { code: 'missing_system', severity: 'warning' as const, message: 'No system messages.' },
  ];
  expect(inspectionReport('a.jsonl', { ...counts, problems, errors: 2, warnings: 1 }, nothing, plain)).toBe(
    `a.jsonl:3: error: The line is not JSON. [invalid_json]
a.jsonl:7: error: messages[1].role: No role. [unrecognized_role]
a.jsonl: warning: No system messages. [missing_system]
1,200 examples, 90,000 tokens (1,500 of them answers), the longest one has 4,000
not valid: 2 errors, 1 warning`,
  );
  expect(inspectionReport('a.jsonl', { ...counts, problems: [], errors: 0, warnings: 0 }, nothing, plain)).toMatch(
    /\nvalid: 0 errors, 0 warnings$/,
  );
});

test('of many errors of one kind the first are shown, and how many more there are', () => {
  const problems = Array.from({ length: 1025 }, (_, at) => ({
    code: 'invalid_json',
    severity: 'error' as const,
    line: at + 1,
    message: 'No.',
  }));
  const counts = {
    method: 'supervised' as const,
    examples: 1025,
    tokens: 0,
    answerTokens: 0,
    finalTokens: 0,
    faultless: 400,
    longest: 0,
  };
  const inspection = {
    ...counts,
    lengths: [],
    spreads,
    removable: {},
    beyond: {},
    problems,
    errors: 1025,
    warnings: 0,
  };
  const lines = inspectionReport('a.jsonl', inspection, nothing, plain).split('\n');
  expect(lines.slice(19, 21)).toEqual([
    'a.jsonl:20: error: No. [invalid_json]',
    'a.jsonl: 1,005 more errors [invalid_json]; --json tells all',
  ]);
  expect(inspectionReport('a.jsonl', { ...inspection, errors: 1030 }, nothing, plain)).toContain(
    'tells all\na.jsonl: 5 more problems counted and not kept\n',
  );
  expect(lines.at(-1)).toBe('not valid: 1,025 errors, 0 warnings');
});

test('what a data set is like, and what it costs', () => {
  const lengths = [
    { upTo: 64, examples: 300 },
    { upTo: 128, examples: 0 },
    { upTo: 256, examples: 100 },
  ];
  const method = 'dpo' as const;
  const spreads = {
    messages: { min: 2, p5: 2, median: 3, mean: 3.14, p95: 5.5, max: 12 },
    tokens: { min: 40, p5: 50, median: 88, mean: 100, p95: 230, max: 1250 },
    answerTokens: none,
  };
  const counts = {
    method,
    examples: 400,
    tokens: 40_000,
    answerTokens: 2000,
    finalTokens: 2000,
    faultless: 400,
    longest: 250,
    spreads,
  };
  const inspection = {
    ...counts,
    lengths,
    classes: { count: 77, most: 40, fewest: 2 },
    problems: [],
    removable: {},
    beyond: {},
  };
  const costs = [
    {
      model: 'mini',
      epochs: 3,
      trainedTokens: 40_000,
      context: 65_536,
      trainingUsd: 0.6,
      answersUsd: 0.08,
      lastJobDate: '2027-01-06',
    },
  ];
  const savings = [{ code: 'identical_pair', examples: 4, tokens: 2000, usd: { mini: 0.03 } }];
  expect(inspectionReport('a.jsonl', { ...inspection, errors: 0, warnings: 0 }, { costs, savings }, plain)).toBe(
    `400 pairs, 40,000 tokens (2,000 of them answers), the longest side has 250
77 distinct answers: the most frequent is 10.0% of all, the rarest 0.5%
of each pair  min  p5  median  mean  p95    max
messages        2   2       3   3.1  5.5     12
tokens         40  50      88   100  230  1,250
tokens up to  examples
          64       300  ██████████████████████████████
         128         0
         256       100  ██████████
model  epochs  training  1,000 answers  last job before
mini        3   $0.6000        $0.0800  2027-01-06
how long training takes is not known: the catalogue has no speed of these models
left out        examples  tokens  of all  saves with mini
identical_pair         4   2,000    5.0%          $0.0300
valid: 0 errors, 0 warnings`,
  );
});

test('what a model trains on is told where it reads less than there is', () => {
  const cost = { epochs: 3, trainingUsd: 0.6, answersUsd: 0.08, lastJobDate: '2027-01-06' };
  const costs = [
    { ...cost, model: 'mini', context: 100, trainedTokens: 39_000 },
    { ...cost, model: 'maxi', context: 1000, trainedTokens: 40_000 },
  ];
  const counts = {
    method: 'supervised' as const,
    examples: 400,
    tokens: 40_000,
    answerTokens: 2000,
    finalTokens: 2000,
    faultless: 400,
    longest: 250,
  };
  const inspection = { ...counts, lengths: [], spreads, problems: [], removable: {}, beyond: { 100: 1000 } };
  expect(
    inspectionReport('a.jsonl', { ...inspection, errors: 0, warnings: 0 }, { costs, savings: [] }, plain),
  ).toContain(
    `model  epochs  tokens trained on  training  1,000 answers  last job before
mini        3             39,000   $0.6000        $0.0800  2027-01-06
maxi        3             40,000   $0.6000        $0.0800  2027-01-06`,
  );
});

test('how long training takes is told where the catalogue knows it', () => {
  const cost = { epochs: 3, trainedTokens: 40_000, context: 65_536, trainingUsd: 0.6, answersUsd: 0.08 };
  const costs = [
    { ...cost, model: 'mini', trainingSeconds: 5400 },
    { ...cost, model: 'maxi' },
  ];
  const counts = {
    method: 'supervised' as const,
    examples: 400,
    tokens: 40_000,
    answerTokens: 2000,
    finalTokens: 2000,
    faultless: 400,
    longest: 250,
  };
  const inspection = {
    ...counts,
    lengths: [],
    spreads,
    problems: [],
    removable: {},
    beyond: {},
    errors: 0,
    warnings: 0,
  };
  expect(inspectionReport('a.jsonl', inspection, { costs, savings: [] }, plain)).toContain(
    `model  epochs  training       takes  1,000 answers  last job before
mini        3   $0.6000  1 h 30 min        $0.0800
maxi        3   $0.6000   not known        $0.0800`,
  );
});

test('schedules: a paused one has no next run', () => {
  const starts = 'runs' as const;
  const weekly = {
    name: 'weekly',
    starts,
    paused: false,
    nextRuns: ['2026-11-23T03:00:00.000Z'],
    recentRuns: ['w-1', 'w-2'],
  };
  expect(
    scheduleTable(
      [weekly, { ...weekly, name: 'daily', starts: 'catalogue checks', paused: true, recentRuns: [] }],
      plain,
      'UTC',
    ),
  ).toBe(
    `name    starts            state   next run          latest run
weekly  runs              active  2026-11-23 03:00  w-2
daily   catalogue checks  paused`,
  );
});

test('findings: how to mend it stands under what is wrong', () => {
  const findings = [
    { level: 'ok' as const, subject: 'Temporal', message: '127.0.0.1:7233' },
    { level: 'fail' as const, subject: 'disk', message: 'full', advice: 'Free some.' },
  ];
  expect(findingLines(findings, plain)).toBe(
    `ok    Temporal  127.0.0.1:7233
fail  disk      full
                Free some.`,
  );
});

test('a bar stays within its ends', () => {
  expect(bar(1, 3, 10)).toBe('[███░░░░░░░]  33%');
  expect(bar(7, 3, 4)).toBe('[████] 100%');
  expect(bar(-1, 3, 4)).toBe('[░░░░]   0%');
});

test('what dies: a line each, and what could take their place once for all that have the same choice', () => {
  const next = {
    connection: 'own',
    model: 'next',
    contextTokens: 8_192,
    prices: { training: 1, input: 0.5, output: 2 },
  };
  const version = {
    ...{
      version: 1,
      alias: 'champion' as const,
      connection: 'openai',
      platform: 'openai',
      baseModel: 'gpt',
    },
    ...{ shutdownDate: '2027-01-14', daysLeft: 47, startBy: '2027-01-04', replacements: [next] },
  };
  const due = [
    { ...version, model: 'desk', modelId: 'ft:desk' },
    { ...version, model: 'orders', modelId: 'ft:orders' },
    { ...version, model: 'triage', modelId: 'ft:triage', replacements: [] },
  ];
  const lead = { training: { hours: 24 }, evaluation: { hours: 8 }, approval: { hours: 168 } };
  const report = expiringReport({ due, withinDays: 90, today: '2026-11-28', lead, versions: due }, plain);
  expect(report).toContain(`
desk 1, orders 1 could become:
  next at own (no date, $0.5000 in, $2.00 out a million tokens)
triage 1: no configured connection has a model that could take the place.
`);
});
