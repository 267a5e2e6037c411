import { parseRunConfig } from '../../../src/contract/config.ts';
import { renderMarkdown } from '../../../src/evaluation/report/index.ts';
import { cell, prose } from '../../../src/evaluation/report/markdown/escape.ts';
import { fullReport, replaced } from './sample.ts';

function section(markdown: string, heading: string): string {
  const [, rest = ''] = markdown.split(`## ${heading}\n\n`);
  return rest.split('\n\n## ')[0]?.trimEnd() ?? '';
}

const full = renderMarkdown(fullReport());

test('the verdict comes first, with its figures and the rules of the gate', () => {
  expect(full.split('\n\n## ')[0]).toBe(`# Run support-k7fm

Tuned from sim-base on openai (a simulation), finished 2026-11-01 10:21 UTC

> A simulated run: a stand-in platform trained and answered. Its scores and prices say nothing about a real model, and nobody was billed.

**Promoted.** The tuned model answers 80.0% of 120 held-out questions right, the base model 45.0% (+35.0 points, 95% interval 25.0 to 45.0). The tuned model gave no answer to 1 question, counted as wrong.

It passes the gate: all 3 rules hold.

| Tuned model's score | Against the model in service | Held-out questions | Cost, simulated | Took |
| --- | --- | --- | --- | --- |
| 80.0% | +12.5 points | 120 | \\$1.75 | 21 min 35 s |
| 95% interval 70.9 to 89.1 | 95% interval 2.5 to 22.5 | 22 fixed, 7 broken | estimated \\$1.90 | 400 training examples |

The rules of the gate:

| Rule | Result | What was asked and found |
| --- | --- | --- |
| minimum score | ✓ pass | At least 70.0% right were asked for, 80.0% are. |
| champion | ✓ pass | Better than version 3 by more than 2 points, with 95% confidence. |
| life | ✓ pass | The base model answers for 407 more days, 90 were asked for. |`);
});

test('a rule that does not hold is told as failed', () => {
  const checks = [{ rule: 'examples', passed: false, says: '40 were held out, 100 were asked for.' }];
  const verdict = { decision: 'keep' as const, says: 'Too few examples.', checks };
  const markdown = renderMarkdown(fullReport({ verdict }));
  expect(markdown).toContain('**Kept what is in service.** The tuned model answers');
  expect(markdown).toContain('\n\nToo few examples.\n\n');
  expect(markdown).toContain('| examples | ✗ fail | 40 were held out, 100 were asked for. |');
});

test('the models by themselves, and the tuned one against each other', () => {
  expect(section(full, 'Evaluation')).toContain(`Share of 120 held-out questions answered right:

| Model | Score | 95% interval | Right | No answer | Tokens in / out |
| --- | ---: | ---: | ---: | ---: | ---: |
| Tuned model (ft:sim-base:support) | 80.0% | 70.9 to 89.1 | 96 of 120 | 1 | 12,000 / 300 |
| Base model (sim-base) | 45.0% | 35.9 to 54.1 | 54 of 120 | 0 | 12,000 / 300 |
| Prompted base model (sim-base) | 61.7% | 52.5 to 70.8 | 74 of 120 | 0 | 12,000 / 300 |
| Model in service (ft:sim-base:support-3) | 67.5% | 58.4 to 76.6 | 81 of 120 | 0 | 12,000 / 300 |

The tuned model against each other one; above 0 it is better:

| Against | Difference | 95% interval | Fixed | Broken | Same | p | p, Holm |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| Base model | +35.0 points | 25.0 to 45.0 | 48 | 6 | 66 | \\< 0.001 | \\< 0.001 |
| Prompted base model | +18.3 points | 8.3 to 28.3 | 30 | 8 | 82 | \\< 0.001 | 0.001 |
| Model in service | +12.5 points | 2.5 to 22.5 | 22 | 7 | 91 | 0.008 | 0.008 |

The most frequent right answer is that of 5.0% of the questions: a model that always gave it would get so many right.

To show the difference asked for in 8 of 10 runs takes 96 held-out examples; these are enough.`);
});

test.each([
  ['stopped', 'So the job was paused, and stays so at the platform: nothing of it costs any more.'],
  ['refused', 'The platform did not pause the job, which trained to its end.'],
] as const)('an early stop that was %s is told with what was seen', (state, then) => {
  const stopped = renderMarkdown(fullReport({ earlyStop: { state, why: 'The validation loss has turned.' } }));
  expect(section(stopped, 'Training')).toContain(`The validation loss has turned. ${then}`);
});

test('checkpoints: which one was taken, by what rule, and how each did', () => {
  const { checkpoint } = fullReport();
  expect(section(full, 'Training')).toContain(`${checkpoint?.why}

Checkpoints:

| Model | Chosen | Step | Score | Train loss | Train accuracy | Validation loss | Validation accuracy |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| ft:sim-base:support:step-1200 |  | 1,200 | 77.0% |  |  | 1.1000 | 66.0% |
| ft:sim-base:support:step-800 | ✓ yes | 800 | 81.0% |  |  | 0.9000 | 66.0% |
| ft:sim-base:support:step-400 |  | 400 |  |  |  | 1.1000 | 66.0% |`);
});

test('slices: what got worse comes first, and no more than 15 of them', () => {
  const [byAnswer = '', byLanguage] = section(full, 'Slices').split('language: ');
  expect(
    byAnswer.split('\n').slice(0, 5).join('\n'),
  ).toBe(`Right answer: the tuned model against the model in service; what got worse comes first:

| Right answer | Difference | 95% interval | Examples | Tuned model | Model in service |
| --- | ---: | ---: | ---: | ---: | ---: |
| intent_0 | -15.0 points | -25.0 to -5.0 | 6 | 66.7% | 50.0% |`);
  expect(byAnswer).toContain('| intent_14 | +55.0 points | 45.0 to 65.0 | 6 | 66.7% | 50.0% |\n\nAnd 3 more.');
  expect(byLanguage).toContain('| de | +25.0 points | 15.0 to 35.0 | 40 | 75.0% |  |');
});

test('confusions and regressions', () => {
  expect(section(full, 'Confusions')).toContain(
    '| refund_status | refund_request | 4 |\n| card_arrival | card_lost | 2 |',
  );
  expect(section(full, 'Regressions')).toBe(`The model in service got these right and the tuned model wrong: 2 of 7.

| Example | Question | Right answer | Base model | Model in service | Tuned model |
| ---: | --- | --- | --- | --- | --- |
| 7 | I ordered a card two weeks ago. ↵ Where is it? | card_arrival | card_arrival | card_arrival | card_lost |
| 31 |  | change_plan | change_plan |  | (no answer) |`);
});

test('data, cost, timings, lineage', () => {
  expect(section(full, 'Data')).toBe(`Examples and tokens:

| Part | Examples | Tokens |
| --- | ---: | ---: |
| Training | 400 | 42,000 |
| Validation | 40 | 4,200 |
| Held out | 120 | 13,000 |

The checks of the data gave 2 warnings.

- data.jsonl: No system messages. \\[missing_system\\]
- A prompt \\<b\\>leaks\\</b\\>.`);
  expect(
    section(full, 'Cost'),
  ).toBe(`Simulated: nobody was billed; at list prices of 2026-10-20 this run would cost \\$1.75.

US dollars:

| For | US dollars |
| --- | ---: |
| Estimated before the run | \\$1.90 |
| Training | \\$1.50 |
| Evaluation | \\$0.2500 |
| Spent in all | \\$1.75 |`);
  expect(section(full, 'Timings')).toContain(`| inspect | 8.3 s | 2026-11-01T10:00:00.000Z |
| upload | 59.8 s | 2026-11-01T10:00:08.250Z |
| train | 16 min 52 s | 2026-11-01T10:01:08.000Z |
| evaluate | 3 min 33 s | 2026-11-01T10:18:00.000Z |
| report | 2.0 s | 2026-11-01T10:21:33.000Z |
| all | 21 min 35 s | 2026-11-01T10:00:00.000Z |`);
  const sha = '0123456789abcdef'.repeat(4);
  expect(section(full, 'Lineage')).toBe(`|  |  |
| --- | --- |
| Tuned model | ft:sim-base:support |
| Registered as | support-intents, version 4, in service |
| Approved by | on-call |
| Replaces | version 3, ft:sim-base:support-3 |
| Base model | sim-base |
| Method | supervised |
| Platform | openai (a simulation) |
| Connection | embedded |
| Job | ftjob-1 |
| Job page | https\\://platform.example/ftjob-1 |
| Trained tokens | 46,200 |
| Run | support-k7fm |
| Run id | run-1 |
| Attempt | 2 |
| Continues | support-k7fm, run-0 |

The exact files, by content:

| Part | SHA-256 | File |
| --- | --- | --- |
| train | ${sha} | file\\:///store/01.jsonl |
| validation | ${sha} | file\\:///store/01.jsonl |
| test | ${sha} | file\\:///store/01.jsonl |`);
});

test('the configuration in the report starts the same run again', () => {
  const config = parseRunConfig({ model: 'm', data: { train: '```\n# x' }, budgetUsd: 5, suffix: '```' });
  const [, json = ''] = renderMarkdown(fullReport({ config })).split('```json\n');
  expect(parseRunConfig(JSON.parse(json.split('\n```\n')[0] ?? ''))).toEqual(config);
});

test.each([
  [
    'a paid run',
    false,
    { trainingUsd: 1.5, pricesOf: '2026-10-20', simulated: false },
    'At list prices of 2026-10-20 this run cost \\$1.50.',
  ],
  ['a run of unknown cost', false, { simulated: false }, 'What this run cost is not known.'],
  ['a simulated run without prices', true, { simulated: true }, 'Simulated: nobody was billed.'],
])('the cost of %s', (_, simulated, cost, sentence) => {
  expect(section(renderMarkdown(fullReport({ simulated, cost })), 'Cost').split('\n')[0]).toBe(sentence);
});

test('a long curve is cut to 12 evenly spaced rows from the first step to the last, validated ones before others', () => {
  const curve = Array.from({ length: 500 }, (_, at) => ({
    step: at + 1,
    trainLoss: 1,
    ...(at % 10 === 9 ? { validLoss: 1 } : {}),
  }));
  const { checkpoint: _, ...rest } = fullReport({ training: { curve } });
  const rows = section(renderMarkdown(rest), 'Training').split('\n').slice(4);
  expect(rows.map((row) => Number(row.split(' | ')[0]?.slice(2)))).toEqual([
    10, 50, 100, 140, 190, 230, 280, 320, 370, 410, 460, 500,
  ]);
});

test('what there is nothing to say of is left out', () => {
  const nothing = { slices: [], confusions: [], regressions: [], training: { curve: [] } };
  const { checkpoint: _, ...rest } = fullReport(nothing);
  expect(renderMarkdown(rest).match(/^## .*$/gm)).toEqual([
    '## Evaluation',
    '## Data',
    '## Cost',
    '## Timings',
    '## Lineage',
    '## Configuration',
  ]);
});

describe('texts from outside', () => {
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
  ])('%j in a cell', (text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  test.each([
    ['- a list', '\\- a list'],
    ['+ another', '\\+ another'],
    ['=====', '\\====='],
    ['1. first', '1\\. first'],
    ['2) second', '2\\) second'],
    ['96.5% are right', '96.5% are right'],
  ])('%j as a paragraph', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test('are cut at 200 characters in a cell, never through one', () => {
    expect(cell('😀'.repeat(201))).toBe(`${'😀'.repeat(200)}…`);
    expect(cell('😀'.repeat(200))).toBe('😀'.repeat(200));
  });

  test('leave every table of the report with its columns, and every paragraph one, whatever they hold', () => {
    const shape = (markdown: string) =>
      markdown
        .split('\n')
        .map((line) => (line.startsWith('|') ? line.match(/(?<!\\)(?:\\\\)*\|/g)?.length : line.slice(0, 3)))
        .filter((line) => typeof line === 'number' || /^(#|>|-|`|$)/.test(line ?? ''));
    const hostile = renderMarkdown(replaced(fullReport(), 'x|y\\|\n| - |\n## Verdict\n<b>`|`'));
    expect(shape(hostile)).toEqual(shape(renderMarkdown(replaced(fullReport(), 'x'))));
  });
});
