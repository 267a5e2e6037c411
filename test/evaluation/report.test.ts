import { parseRunConfig } from '../../src/contract/config.ts';
import type { SlicedBy } from '../../src/contract/verdict.ts';
import { cell } from '../../src/evaluation/markdown.ts';
import { type RunReport, renderMarkdown } from '../../src/evaluation/report.ts';

const ref = { sha256: '0123456789abcdef'.repeat(4), bytes: 12, uri: 'file:///store/01.jsonl' };
const tokens = { inputTokens: 2000, outputTokens: 300, predictions: ref, examples: 118 };

function byReference(...rows: [value: string, examples: number, base: number, tuned: number][]): SlicedBy {
  const estimate = (value: number) => ({ value, low: value, high: value });
  const slices = rows.map(([value, examples, base, tuned]) => {
    const difference = estimate(tuned - base);
    return { value, examples, tuned: estimate(tuned), rivals: { base: estimate(base) }, difference };
  });
  return { field: 'reference', slices };
}

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    run: { name: 'support-intents', runId: 'run-1', attempt: 2, parent: { name: 'support-intents', runId: 'run-0' } },
    startedAt: '2026-11-01T10:00:00.000Z',
    endedAt: '2026-11-01T10:01:35.000Z',
    connection: 'embedded',
    platform: 'simulator',
    simulated: true,
    baseModel: 'sim-base',
    model: 'ft:sim-base:support',
    job: { id: 'ftjob-1', platformStatus: 'succeeded', url: 'https://platform.example/ftjob-1', trainedTokens: 4200 },
    config: parseRunConfig({ model: 'sim-base', data: { train: 'support.jsonl' }, budgetUsd: 5 }),
    data: {
      train: { examples: 400, tokens: 4200 },
      validation: { examples: 40, tokens: 420 },
      test: { examples: 118, tokens: 1300, answerTokens: 250 },
      warnings: ['data.jsonl: No system messages. [missing_system]', 'A prompt <b>leaks</b>.'],
    },
    sources: { train: ref, validation: ref, test: ref },
    cost: { estimatedUsd: 0.02, trainingUsd: 1.5, evaluationUsd: 0.25, pricesOf: '2026-10-20', simulated: true },
    comparison: {
      base: { model: 'sim-base', passed: 49, errors: 0, score: { value: 0.415, low: 0.33, high: 0.505 }, ...tokens },
      tuned: {
        model: 'ft:sim-base:support',
        passed: 99,
        errors: 1,
        score: { value: 0.839, low: 0.762, high: 0.894 },
        ...tokens,
      },
      difference: { value: 0.424, low: 0.305, high: 0.534 },
      fixed: 59,
      broken: 9,
      pValue: 3.9e-10,
    },
    rivals: [],
    verdict: { decision: 'promote', says: 'It passes the gate: all 4 rules hold.', checks: [] },
    slices: [byReference(['refund', 8, 0.5, 1], ['card_arrival', 4, 0.25, 0.25])],
    confusions: [],
    regressions: [{ index: 7, reference: 'card_arrival', base: 'card_arrival', tuned: 'card|lost\n| x |' }],
    training: {
      curve: [
        { step: 1, totalSteps: 2, trainLoss: 2.5, trainAccuracy: 0.125 },
        { step: 2, trainLoss: 0.75, validLoss: 1 },
      ],
    },
    timings: [{ stage: 'inspect', startedAt: '2026-11-01T10:00:00.000Z', endedAt: '2026-11-01T10:00:08.250Z' }],
    ...changes,
  };
}

function section(markdown: string, heading: string): string {
  const [, rest = ''] = markdown.split(`## ${heading}\n\n`);
  return rest.split('\n\n## ')[0]?.trimEnd() ?? '';
}

test('the report of a run, section by section', () => {
  const markdown = renderMarkdown(report());
  expect(markdown.split('\n\n## ')[0]).toBe(
    '# Run support-intents\n\nThe tuned model answers 83.9% of 118 held-out questions right, the base model 41.5% (+42.4 points, 95% interval 30.5 to 53.4). The tuned model gave no answer to 1 question, counted as wrong.',
  );
  expect(
    section(markdown, 'Evaluation'),
  ).toBe(`|  | Model | Right | Score | 95% interval | No answer | Tokens in / out |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| base | sim-base | 49 of 118 | 41.5% | 33.0 to 50.5 | 0 | 2000 / 300 |
| tuned | ft:sim-base:support | 99 of 118 | 83.9% | 76.2 to 89.4 | 1 | 2000 / 300 |

Difference: +42.4 points, 95% interval 30.5 to 53.4. The tuned model fixes 59 answers and breaks 9 (McNemar's exact test: p < 0.001).`);
  expect(
    section(markdown, 'Cost'),
  ).toBe(`Simulated: nobody was billed; at list prices of 2026-10-20 this run would cost $1.75.

|  | US dollars |
| --- | ---: |
| Estimated before the run | $0.0200 |
| Training | $1.50 |
| Evaluation | $0.2500 |`);
  expect(
    section(markdown, 'Training'),
  ).toBe(`| Step | Train loss | Train accuracy | Validation loss | Validation accuracy |
| ---: | ---: | ---: | ---: | ---: |
| 1 | 2.5000 | 12.5% |  |  |
| 2 | 0.7500 |  | 1.0000 |  |`);
  expect(section(markdown, 'Data')).toBe(`| Part | Examples | Tokens | File | SHA-256 |
| --- | ---: | ---: | --- | --- |
| train | 400 | 4200 | file\\:///store/01.jsonl | 0123456789ab |
| validation | 40 | 420 | file\\:///store/01.jsonl | 0123456789ab |
| test | 118 | 1300 | file\\:///store/01.jsonl | 0123456789ab |

The checks of the data warn:

- data.jsonl: No system messages. \\[missing_system\\]
- A prompt \\<b\\>leaks\\</b\\>.`);
  expect(section(markdown, 'Labels')).toBe(`The 2 of 2 labels with the lowest score of the tuned model.

| Label | Examples | Base | Tuned |
| --- | ---: | ---: | ---: |
| card_arrival | 4 | 25.0% | 25.0% |
| refund | 8 | 50.0% | 100.0% |`);
  expect(section(markdown, 'Regressions')).toBe(`The base model got these right and the tuned model wrong: 1 of 9.

| Example | Reference | Base | Tuned |
| ---: | --- | --- | --- |
| 7 | card_arrival | card_arrival | card\\|lost ↵ \\| x \\| |`);
  expect(section(markdown, 'Timings')).toBe(`| Stage | Started | Took |
| --- | --- | ---: |
| inspect | 2026-11-01T10:00:00.000Z | 8.3 s |
| all | 2026-11-01T10:00:00.000Z | 1 min 35 s |`);
  expect(section(markdown, 'Run')).toBe(`|  |  |
| --- | --- |
| Run | support-intents |
| Run id | run-1 |
| Attempt | 2 |
| Continues | support-intents, run-0 |
| Connection | embedded |
| Platform | simulator (a simulation) |
| Base model | sim-base |
| Tuned model | ft:sim-base:support |
| Job | ftjob-1 |
| Job page | https\\://platform.example/ftjob-1 |
| Trained tokens | 4200 |`);
});

test('the configuration in the report starts the same run again', () => {
  const config = parseRunConfig({ model: 'm', data: { train: '```\n# x' }, budgetUsd: 5, suffix: '```' });
  const [, json = ''] = renderMarkdown(report({ config })).split('```json\n');
  expect(parseRunConfig(JSON.parse(json.split('\n```\n')[0] ?? ''))).toEqual(config);
});

test.each([
  [
    'a paid run',
    false,
    { trainingUsd: 1.5, pricesOf: '2026-10-20', simulated: false },
    'At list prices of 2026-10-20 this run cost $1.50.',
  ],
  ['a run of unknown cost', false, { simulated: false }, 'What this run cost is not known.'],
  ['a simulated run without prices', true, { simulated: true }, 'Simulated: nobody was billed.'],
])('the cost of %s', (_, simulated, cost, sentence) => {
  expect(section(renderMarkdown(report({ simulated, cost })), 'Cost').split('\n')[0]).toBe(sentence);
});

test('a long curve is cut to 12 evenly spaced rows from the first step to the last, validated ones before others', () => {
  const curve = Array.from({ length: 500 }, (_, at) => ({
    step: at + 1,
    trainLoss: 1,
    ...(at % 10 === 9 ? { validLoss: 1 } : {}),
  }));
  const rows = section(renderMarkdown(report({ training: { curve } })), 'Training')
    .split('\n')
    .slice(2);
  expect(rows.map((row) => Number(row.split(' | ')[0]?.slice(2)))).toEqual([
    10, 50, 100, 140, 190, 230, 280, 320, 370, 410, 460, 500,
  ]);
});

test('what there is nothing to say of is left out', () => {
  const bare = report({ slices: [], regressions: [], training: { curve: [] } });
  const headings = renderMarkdown(bare).match(/^## .*$/gm);
  expect(headings).toEqual(['## Evaluation', '## Cost', '## Data', '## Timings', '## Run', '## Configuration']);
});

test('checkpoints are listed with their metrics', () => {
  const training = {
    curve: [],
    checkpoints: [{ model: 'ft:a:ckpt-step-4', step: 4, metrics: { step: 4, validLoss: 0.5 } }],
  };
  expect(section(renderMarkdown(report({ training })), 'Training')).toContain(
    '| ft:a:ckpt-step-4 | 4 |  |  | 0.5000 |  |',
  );
});

describe('texts from outside in a table cell', () => {
  test.each([
    ['a | b\\| c', 'a \\| b\\\\\\| c'],
    ['one\r\ntwo\nthree', 'one ↵ two ↵ three'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['![x](http://evil.example/p.png)', '\\!\\[x\\](http\\://evil.example/p.png)'],
    ['`code` **bold** ~~gone~~ &amp; #1 $x$', '\\`code\\` \\*\\*bold\\*\\* \\~\\~gone\\~\\~ \\&amp; \\#1 \\$x\\$'],
    ['card_arrival _soft_', 'card_arrival \\_soft\\_'],
    ['www.evil.example', 'www\\.evil.example'],
    ['\u001b[31mred\u0000\u202egnp', ' \\[31mred  gnp'],
    ['\ud800', '\ufffd'],
  ])('%j', (text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  test('are cut at 200 characters, never through one', () => {
    expect(cell('😀'.repeat(201))).toBe(`${'😀'.repeat(200)}…`);
    expect(cell('😀'.repeat(200))).toBe('😀'.repeat(200));
  });

  test('leave every table of the report with its columns, whatever they hold', () => {
    const evil = 'x|y\\|\n| - |\n## Verdict\n<b>`|`';
    const hostile = report({
      run: { name: evil, runId: evil, attempt: 1, parent: { name: evil } },
      connection: evil,
      platform: evil,
      baseModel: evil,
      model: evil,
      job: { id: evil, platformStatus: evil, url: evil },
      slices: [byReference([evil, 2, 0.5, 0])],
      regressions: [{ index: 0, reference: evil, base: evil, tuned: evil }],
    });
    const shape = (markdown: string) =>
      markdown
        .split('\n')
        .map((line) => (line.startsWith('|') ? line.match(/(?<!\\)(?:\\\\)*\|/g)?.length : line.slice(0, 3)));
    const tame = renderMarkdown({
      ...hostile,
      ...JSON.parse(JSON.stringify(hostile).replaceAll(JSON.stringify(evil), '"x"')),
    });
    expect(shape(renderMarkdown(hostile)).filter(Boolean)).toEqual(shape(tame).filter(Boolean));
  });
});
