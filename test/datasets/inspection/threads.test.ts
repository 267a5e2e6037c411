import { open } from 'node:fs/promises';
import type { Method } from '../../../src/contract/config.ts';
import { type InspectOptions, inspectDataset } from '../../../src/datasets/inspection/inspect.ts';
import { type Inspection, tally } from '../../../src/datasets/inspection/tally.ts';
import { unpack } from '../../../src/datasets/inspection/threads/pack.ts';
import { examinedRanges } from '../../../src/datasets/inspection/threads/ranges.ts';
import { seededRandom } from '../../../src/datasets/random.ts';
import { chat, jsonl, temporaryFolder } from '../support.ts';

const files = temporaryFolder();
const grader = { type: 'string_check', input: '{{item.topic}}', reference: '{{item.reference}} {{item.kind}}' };
const strict: InspectOptions = {
  fields: ['topic'],
  grader,
  maxTokensPerExample: 60,
  maxProblems: 40,
  maximumExamples: 5,
};

/** As machine output says it: fields stand in one order too. */
function written(inspection: Inspection): string {
  return JSON.stringify(inspection, null, 1);
}

/** What threads find in ranges of so many bytes. */
async function inRanges(path: string, rangeBytes: number, options: InspectOptions) {
  const file = await open(path);
  try {
    const { size: bytes } = await file.stat();
    const all = tally(options);
    let lines = 0;
    const { fields, grader: given, method, maxTokensPerExample } = options;
    const examine = { fields, grader: given, method, maxTokensPerExample };
    for await (const range of examinedRanges({ fd: file.fd, bytes, name: path, threads: 2, examine, rangeBytes })) {
      unpack(range, lines, all);
      lines += range.lines;
    }
    return all.result(bytes);
  } finally {
    await file.close();
  }
}

const english = 'It is in the room that you have, and it is yours.';
const german = 'Das Buch ist nicht mehr da, und wir haben es auch nicht.';

/** Lines of every kind: problems, repeats far from each other, languages, all line ends, bytes that are no text. */
function nastyLines(count: number): Buffer[] {
  const random = seededRandom(5);
  const below = (limit: number) => Math.floor(random() * limit);
  const question = () => `What of ${below(60)}?${' more'.repeat(below(4) ** 3)}`;
  const kinds: (() => string | Buffer)[] = [
    () => chat(question(), `It is ${below(3)}.`),
    () => chat(`Where is the book that we bought in ${1900 + below(90)}?`, below(20) ? english : german),
    () =>
      below(8)
        ? chat('Where is the book that you have?', english)
        : chat('¿Dónde está el libro que es para mi hijo?', 'x'),
    () => chat(question(), 'Größe 漢字 👍 \ud800'),
    () => JSON.stringify({ ...JSON.parse(chat(question(), 'x')), topic: 'y', mood: 'z' }),
    () => chat(`Write to ann${below(9)}@mail.test`, ''),
    () => chat(question(), 'x').replace('"content":"x"', '"content":"x","content":"y"'),
    () => '{"messages": [}',
    () => '{}',
    () => `{"messages": ${'['.repeat(200)}`,
    () => '',
    () => '   \t',
    () => Buffer.from([0x7b, 0xc3, 0x28, 0xff]),
  ];
  return Array.from({ length: count }, () => {
    const kind = random() < 0.5 ? 0 : below(kinds.length);
    const end = random() < 0.2 ? '\r\n' : '\n';
    return Buffer.concat([Buffer.from((kinds[kind] as (typeof kinds)[number])()), Buffer.from(end)]);
  });
}

/** All questions and answers begin and end alike; how far is seen late. */
function affixedLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const [more, end] = n === count - 2 ? ['', 'END'] : [' of our catalogue', ' ### END'];
    return chat(
      `Here is the name of a product${more}: p${n} ->`,
      `The product is known to us as${more}: ${n % 7}${end}`,
    );
  });
}

const long = chat('long', 'word '.repeat(50_000));
const contents: [string, Uint8Array, codes?: string[]][] = [
  ['lines of every kind', Buffer.concat(nastyLines(4000)), ['answer_in_other_language', 'rare_language']],
  [
    'beginnings and endings that all have',
    Buffer.from(jsonl(affixedLines(300))),
    ['common_question_beginning', 'common_question_ending', 'common_answer_beginning', 'common_answer_ending'],
  ],
  ['a byte order mark and no last line end', Buffer.from(`\uFEFF${jsonl([chat('a', 'b'), 'x'])}${chat('a', 'b')}`)],
  ['a line over many ranges', Buffer.from(jsonl([chat('a', 'b'), long, chat('a', 'b'), long, '{}']))],
  ['nothing but line ends', Buffer.from('\n'.repeat(5000))],
  ['one line without an end', Buffer.from(chat('a', 'b'))],
  ['a line that ends a range', Buffer.from(`${'x'.repeat(999)}\n${'y'.repeat(998)}\n\n${'z'.repeat(1000)}`)],
  ['UTF-16', Buffer.from(jsonl(Array.from({ length: 300 }, () => chat('a', 'b'))), 'utf16le')],
];

test.each(contents)('threads find what one finds: %s', async (name, content, codes = []) => {
  const path = await files.write(`${name}.jsonl`, content);
  const all = { minimumExamples: 0, maxProblems: 10_000 };
  const { problems } = await inspectDataset(path, { ...all, threads: 1 });
  expect(problems.map(({ code }) => code)).toEqual(expect.arrayContaining(codes));
  for (const options of [all, strict]) {
    const alone = await inspectDataset(path, { ...options, threads: 1 });
    expect(written(await inRanges(path, 1000, options))).toBe(written(alone));
  }
});

test('threads find what one finds in pairs', async () => {
  const output = (content: string) => [{ role: 'assistant', content }];
  const pair = (question: number, preferred: string, other: string) =>
    JSON.stringify({
      input: { messages: [{ role: 'user', content: `q${question}` }] },
      preferred_output: output(preferred),
      non_preferred_output: output(other),
    });
  const lines = Array.from({ length: 400 }, (_, i) => pair(i % 150, i % 7 ? 'a' : 'b', i % 7 ? 'b' : 'a'));
  const path = await files.write('pairs.jsonl', jsonl(lines));
  const alone = await inspectDataset(path, { method: 'dpo', threads: 1 });
  expect(alone.problems.map(({ code }) => code)).toContain('inverted_pair');
  expect(written(await inRanges(path, 1000, { method: 'dpo' }))).toBe(written(alone));
});

test('a file of several ranges is told in order, with how far it is read', async () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => chat(`What is ${i % 30_000}?`, `It is ${i % 7}.`));
  const path = await files.write('large.jsonl', jsonl(lines));
  const steps: number[] = [];
  const onProgress = (done: number) => steps.push(done);
  const inspection = await inspectDataset(path, { threads: 2, onProgress });
  expect(written(inspection)).toBe(written(await inspectDataset(path, { threads: 1 })));
  expect(inspection.problems.map(({ code, line }) => [code, line])).toEqual([['contradictory_answer', 30_001]]);
  expect(steps).toEqual([2 ** 21, 2 * 2 ** 21, Buffer.byteLength(jsonl(lines))]);
});

test('threads serve one file after another, each as it is meant', async () => {
  const conversations = Array.from({ length: 40_000 }, (_, i) => chat(`What is ${i}?`, `It is ${i % 7}.`));
  const side = (content: string) => [{ role: 'assistant', content }];
  const pairs = Array.from({ length: 30_000 }, (_, i) =>
    JSON.stringify({
      input: { messages: [{ role: 'user', content: `What is ${i}?` }] },
      preferred_output: side('a'),
      non_preferred_output: side('b'),
    }),
  );
  const first = await files.write('first.jsonl', jsonl(conversations));
  const second = await files.write('second.jsonl', jsonl(pairs));
  for (const options of [{ method: 'supervised' }, { method: 'dpo' }, { method: 'supervised' }] as const) {
    const path = options.method === 'dpo' ? second : first;
    const told = await inspectDataset(path, { ...options, threads: 3 });
    expect(told.errors).toBe(0);
    expect(written(told)).toBe(written(await inspectDataset(path, { ...options, threads: 1 })));
  }
});

test('what is aborted ends, and what cannot be read is refused, as in one thread', async () => {
  const path = await files.write('abort.jsonl', jsonl(Array.from({ length: 40_000 }, () => chat('a', 'b'))));
  const abort = new AbortController();
  const inspection = inspectDataset(path, {
    threads: 2,
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('enough')),
  });
  await expect(inspection).rejects.toThrow('enough');
  await expect(inspectDataset(path, { threads: 2, signal: AbortSignal.abort('before') })).rejects.toBe('before');
  const advice = expect.stringMatching(/\.$/);
  await expect(inspectDataset(files.path('absent'), { threads: 2 })).rejects.toMatchObject({ code: 'source_missing' });
  const empty = await files.write('empty', '');
  await expect(inspectDataset(empty, { threads: 2 })).rejects.toMatchObject({ code: 'invalid_data', advice });
});

/** What a thread is told loses its class on the way to it. */
class Supervised {
  toString(): string {
    return 'supervised';
  }
}

test('a thread that ends before its time is an error with a name', async () => {
  const path = await files.write('died.jsonl', jsonl(Array.from({ length: 40_000 }, () => chat('a', 'b'))));
  const method = new Supervised() as unknown as Method;
  expect(await inspectDataset(path, { threads: 1, method })).toMatchObject({ examples: 40_000 });
  await expect(inspectDataset(path, { threads: 2, method })).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('A thread that read'),
    advice: expect.stringContaining('--threads 1'),
  });
});
