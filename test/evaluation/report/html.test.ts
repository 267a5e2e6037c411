import { html } from '../../../src/evaluation/report/html/html.ts';
import { renderHtml } from '../../../src/evaluation/report/index.ts';
import { evaluatedReport, fullReport, replaced } from './sample.ts';

const sections = [
  ...['verdict', 'evaluation', 'training', 'slices', 'confusions', 'regressions', 'data', 'cost', 'timings', 'lineage'],
  'configuration',
];

test('the sections stand in order, the verdict first, and the list of sections leads to each', async () => {
  const page = await renderHtml(fullReport());
  expect([...page.matchAll(/<section id="(\w+)"/g)].map(([, id]) => id)).toEqual(sections);
  expect([...page.matchAll(/<li><a href="#(\w+)"/g)].map(([, id]) => id)).toEqual(sections.slice(1));
});

test('the report of an evaluation without a run is such a page too, with a section for each model', async () => {
  const page = await renderHtml(evaluatedReport());
  const ids = ['verdict', 'evaluation', 'against-1', 'against-2', 'data', 'cost', 'configuration'];
  expect([...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id)).toEqual(ids);
  expect(page).toContain('report of an evaluation');
  expect(page).not.toMatch(/<script|<img|<iframe|<object|@import|url\(| on\w+=|\ssrc=/i);
  expect(page).not.toContain('A prompt <b>leaks');
});

test('a simulated run says so before all else, a real one does not', async () => {
  const [head = ''] = (await renderHtml(fullReport())).split('id="verdict"');
  expect(head).toContain('A simulated run: a stand-in platform trained and answered.');
  expect(await renderHtml(fullReport({ simulated: false }))).not.toContain('imulated run');
});

test('the page holds nothing that loads or runs', async () => {
  const page = await renderHtml(fullReport());
  expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`);
  expect(page).not.toMatch(/<script|<img|<iframe|<object|@import|url\(| on\w+=|\ssrc=/i);
  expect(page.match(/(?:https?:)?\/\/[^\s"<]+/g)?.filter((url) => !url.startsWith('///'))).toEqual([
    'https://platform.example/ftjob-1',
    'https://platform.example/ftjob-1',
  ]);
});

test('what departs from the right answer is marked, an answer that is missing is told', async () => {
  const page = await renderHtml(fullReport());
  expect(page).toContain('card_<mark>lost</mark>');
  expect(page).toContain('<em>no answer</em>');
});

test('a long answer is cut, and says by how much', async () => {
  const regressions = [{ index: 0, reference: 'a', base: 'a', tuned: '😀'.repeat(2_100) }];
  expect(await renderHtml(fullReport({ regressions }))).toContain(
    `${'😀'.repeat(2_000)}… (100 more characters)</mark>`,
  );
});

test.each([
  ['<b> & "c" \'d\'', '&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;'],
  ['a\u0000b\u001b[31m', 'a\ufffdb\ufffd[31m'],
  ['\u202egnp.exe\u2066', '\ufffdgnp.exe\ufffd'],
  ['\ud800x', '\ufffdx'],
  ['one\n\ttwo', 'one\n\ttwo'],
])('%j put into the page', (text, expected) => {
  expect(String(html`<p title="${text}">${text}</p>`)).toBe(`<p title="${expected}">${expected}</p>`);
});

test('nothing that is a text of data reaches the page as markup', async () => {
  const page = await renderHtml(replaced(fullReport(), '<i>"\'>&'));
  expect(page).not.toContain('<i>');
  expect(page).toContain('&lt;i&gt;&quot;&#39;&gt;&amp;');
});

test('where nothing was spent, differed, confused or took time, every figure is still one', async () => {
  const { comparison, data, startedAt } = fullReport();
  const zero = { value: 0, low: 0, high: 0 };
  const page = await renderHtml(
    fullReport({
      endedAt: startedAt,
      timings: [{ stage: 'report', startedAt }],
      cost: { estimatedUsd: 0, trainingUsd: 0, simulated: true },
      comparison: { ...comparison, difference: zero, fixed: 0, broken: 0, pValue: 1 },
      data: { ...data, train: { examples: 0, tokens: 0 }, validation: { examples: 0, tokens: 0 }, warnings: [] },
      confusions: [{ reference: 'a', answer: 'b', count: 0 }],
      slices: [
        { field: 'language', slices: [] },
        { field: 'f', slices: [{ value: '', examples: 1, tuned: zero, rivals: {}, difference: zero }] },
      ],
      training: {
        curve: [
          { step: 0, trainLoss: 0 },
          { step: 0, trainLoss: 0, validLoss: 0 },
        ],
        checkpoints: [],
      },
    }),
  );
  expect(page).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
});

test('a run of hours and ten thousand steps makes no page of megabytes', async () => {
  const curve = Array.from({ length: 10_000 }, (_, at) => ({ step: at + 1, trainLoss: 1 / (at + 1), validLoss: 1 }));
  const page = await renderHtml(fullReport({ training: { curve }, timings: [] }));
  expect(page.length).toBeLessThan(200_000);
});
