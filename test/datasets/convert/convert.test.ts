import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ConvertOptions, convertFiles } from '../../../src/datasets/convert/convert.ts';
import { inspectDataset } from '../../../src/datasets/index.ts';
import { temporaryFolder } from '../support.ts';
import { workbook } from './support.ts';

const files = temporaryFolder();
let count = 0;

/** A folder of its own with these files, converted in order to `out.jsonl`, and what lies in it afterwards. */
async function convert(contents: Record<string, string | Uint8Array>, options?: ConvertOptions) {
  count += 1;
  const folder = files.path(`case-${count}`);
  await mkdir(folder);
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  const inputs = Object.keys(contents).map((name) => ({ path: join(folder, name), name }));
  const out = join(folder, 'out.jsonl');
  const conversion = await convertFiles(inputs, out, options).catch((error: unknown) => ({ error }));
  const others = (await readdir(folder)).filter((name) => !Object.hasOwn(contents, name));
  return { conversion, others, out, folder };
}
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const example = (question: string, answer: string) => ({
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});

test('several files of several formats become one, in order, and it is valid', async () => {
  const { conversion, out } = await convert({
    'a.csv.gz': gzipSync('text,category\n"é, ""x""\n",y\n'),
    'b.json': '[{"instruction": "c", "output": "d"}]',
  });
  expect(conversion).toEqual({
    inputs: [
      expect.objectContaining({
        name: 'a.csv.gz',
        format: 'CSV',
        examples: 1,
        layout: expect.stringMatching(/^columns/),
      }),
      expect.objectContaining({ name: 'b.json', format: 'a JSON array', layout: expect.stringMatching(/^alpaca/) }),
    ],
    kind: 'supervised',
    examples: 2,
    errors: 0,
    bytes: (await stat(out)).size,
  });
  expect(await linesOf(out)).toEqual([example('é, "x"\n', 'y'), example('c', 'd')]);
  expect(await inspectDataset(out, { minimumExamples: 2 })).toMatchObject({ examples: 2, errors: 0 });
});

test('tables of CSV, XLSX and Parquet become the same', async () => {
  const pairs = Array.from({ length: 9 }, (_, i) => [`é ${i}`, 'xyz'[i % 3] as string]);
  const rows = [['text', 'category'], ...pairs];
  const cells = rows.map(
    (row, i) => `<row r="${i + 1}">${row.map((one) => `<c t="str"><v>${one}</v></c>`).join('')}</row>`,
  );
  const contents = {
    csv: rows.map((row) => `${row.join()}\n`).join(''),
    xlsx: workbook({ sheets: { One: cells.join('') } }),
    parquet: await readFile(new URL('fixtures/snappy.parquet', import.meta.url)),
  };
  for (const [kind, content] of Object.entries(contents)) {
    const { out } = await convert({ [`a.${kind}`]: content });
    expect(await linesOf(out)).toEqual(pairs.map(([text, category]) => example(text as string, category as string)));
  }
});

test('conversations of Parquet; empty columns of chat data are left away', async () => {
  const conversations = await readFile(new URL('fixtures/conversations.parquet', import.meta.url));
  const messages = await readFile(new URL('fixtures/messages.parquet', import.meta.url));
  const { out } = await convert({ 'a.parquet': conversations, 'b.parquet': messages });
  const lines = await linesOf(out);
  expect(lines.slice(0, 3)).toEqual([...Array(2).fill(example('Where?', 'Here.')), example('Where? 0', 'Here. 0')]);
  expect(await inspectDataset(out, { minimumExamples: 5 })).toMatchObject({ examples: 5, errors: 0 });
});

test('a formula that failed is an error only where its column is used', async () => {
  const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
  const text = (value: string, type = 'str') => `<c t="${type}"><v>${value}</v></c>`;
  const header = row(text('text'), text('label'), text('note'));
  const content = workbook({
    sheets: { One: header + row(text('a'), text('b'), text('#N/A', 'e')) + row(text('a'), text('#REF!', 'e')) },
  });
  const { conversion } = await convert({ 'a.xlsx': content });
  expect(conversion).toMatchObject({
    examples: 1,
    inputs: [{ problems: [{ code: 'failed_formula', line: 3, message: expect.stringContaining('"label"') }] }],
  });
});

test('rows with nothing to learn are left out and told', async () => {
  const { conversion, out } = await convert({ 'a.csv': 'text,category\na,b\n\n , \nc,\n,d\n' });
  expect(conversion).toMatchObject({ examples: 1, errors: 0, inputs: [{ leftOut: 4, warnings: 3 }] });
  expect(conversion).toHaveProperty('inputs.0.problems', [
    expect.objectContaining({
      code: 'empty_row',
      line: 3,
      message: expect.stringMatching(/ \(2 times: lines 3, 4\)$/),
    }),
    expect.objectContaining({ code: 'empty_answer', line: 5 }),
    expect.objectContaining({ code: 'empty_question', line: 6 }),
  ]);
  expect(await linesOf(out)).toEqual([example('a', 'b')]);
});

test('conversations in a table, as JSON text; blank lines are left out', async () => {
  const quoted = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
  const said = example('a', 'b');
  const { conversion, out } = await convert({ 'a.csv': `id,messages\n1,${quoted(said.messages)}\n\n` });
  expect(conversion).toMatchObject({ errors: 0, inputs: [{ leftOut: 1, problems: [{ code: 'empty_row' }] }] });
  expect(await linesOf(out)).toEqual([said]);
});

test('an error in any row: each is told, nothing is written, what was there stays', async () => {
  const bad = {
    'a.csv': 'text,category\na,b\n1,2,3\n',
    'b.jsonl': '{"text": "a", "label": "b"}\n{"text": "a", "tag": 1}\n',
  };
  const { conversion, others, folder } = await convert(bad);
  expect(others).toEqual([]);
  expect(conversion).toMatchObject({
    errors: 2,
    bytes: 0,
    inputs: [
      { problems: [{ code: 'ragged_row', line: 3 }] },
      {
        problems: [
          { code: 'missing_column', line: 2, message: 'There is no column "label"; there are "text", "tag".' },
        ],
      },
    ],
  });

  const out = join(folder, 'kept.jsonl');
  await writeFile(out, 'kept');
  await convertFiles([{ path: join(folder, 'a.csv'), name: 'a.csv' }], out, { force: true });
  expect(await readFile(out, 'utf8')).toBe('kept');
});

test.each<[string, Record<string, string>, string]>([
  [
    'no example at all',
    { 'a.csv': 'text,category\n,\n' },
    'No row makes an example. Line 2: Nothing stands in it. The row is left out.',
  ],
  [
    'questions alone',
    { 'a.jsonl': '{"messages":[{"role":"user","content":"q"}],"answer":"a"}\n' },
    'No row makes an example. Line 1: Nobody answers: of questions alone `--to reinforcement` makes examples. The row is left out.',
  ],
  ['a header alone', { 'a.csv': 'text,category\n' }, 'There is no row.'],
  ['an empty list', { 'a.json': '[]' }, 'There is no row.'],
  ['columns that tell nothing', { 'a.csv': 'a,b\n1,2\n' }, 'The columns of a.csv tell no layout: "a", "b".'],
  [
    'pairs and single answers',
    { 'a.csv': 'text,category\na,b\n', 'b.csv': 'prompt,chosen,rejected\na,b,c\n' },
    'b.csv holds pairs of answers and another file single ones.',
  ],
])('%s: refused, and nothing is left behind', async (_, contents, message) => {
  const { conversion, others } = await convert(contents);
  expect(conversion).toEqual({ error: expect.objectContaining({ code: 'invalid_data', message }) });
  expect(others).toEqual([]);
});

test('broken off, nothing is left behind', async () => {
  const { conversion, others } = await convert(
    { 'a.csv': 'text,category\na,b\n' },
    { signal: AbortSignal.abort('SIGINT') },
  );
  expect(conversion).toEqual({ error: 'SIGINT' });
  expect(others).toEqual([]);
});

test('where it cannot be written', async () => {
  const path = await files.write('input.csv', 'text,category\na,b\n');
  const to = (out: string) => convertFiles([{ path, name: 'input.csv' }], out);
  await expect(to(path)).rejects.toMatchObject({ code: 'invalid_config', message: `${path} is an input too.` });
  expect(await readFile(path, 'utf8')).toBe('text,category\na,b\n');
  await expect(to(files.path('.'))).rejects.toThrow(/ is a folder\.$/);
  await expect(to(files.path('none/out.jsonl'))).rejects.toThrow(/ cannot be written \(ENOENT\)\.$/);
});

test('a file that is not there, and an empty one', async () => {
  const from = (path: string) => convertFiles([{ path, name: 'input.csv' }], files.path('out.jsonl'));
  await expect(from(files.path('none.csv'))).rejects.toMatchObject({ code: 'source_missing' });
  await expect(from(await files.write('empty.csv', ''))).rejects.toMatchObject({ code: 'invalid_data' });
});

test('whole numbers of many digits stay as they are, in what is asked and in tools', async () => {
  const written = async (name: string, content: string) =>
    await readFile((await convert({ [name]: content })).out, 'utf8');
  const chat =
    '{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"tools":[{"maximum":12345678901234567890,"n":1.5}]}';
  expect(await written('a.jsonl', chat)).toBe(`${chat}\n`);
  const [question, answer] = ['9007199254740993', '-12345678901234567890'];
  expect(await written('a.json', `[{"question": ${question}, "answer": ${answer}}]`)).toBe(
    `{"messages":[{"role":"user","content":"${question}"},{"role":"assistant","content":"${answer}"}]}\n`,
  );
});
