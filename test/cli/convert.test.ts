import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presets } from '../../src/datasets/convert/layouts.ts';
import { type } from './world.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});
const convert = async (content: string, ...options: string[]) => {
  await writeFile(join(directory, 'in.csv'), content);
  return await type(['convert', 'in.csv', '--out', 'out.jsonl', ...options], { directory });
};
const out = () => join(directory, 'out.jsonl');

test('says what it took and why, and what it made', async () => {
  const typed = await convert('text,category,id\nWhere?,track,1\n,,\n');
  expect(typed).toMatchObject({ code: 0, stderr: '' });
  expect(typed.stdout).toBe(
    [
      'in.csv: CSV; columns, by their names: "text" is asked, "category" is answered; not used: "id"; 1 example, 1 row left out',
      'in.csv:3: warning: Nothing stands in it. The row is left out. [empty_row]',
      'out.jsonl: 1 example, 89 bytes',
      '',
    ].join('\n'),
  );
  expect(await readFile(out(), 'utf8')).toBe(
    '{"messages":[{"role":"user","content":"Where?"},{"role":"assistant","content":"track"}]}\n',
  );
});

test('a file that is there already is replaced only with --force', async () => {
  await writeFile(out(), 'mine');
  const refused = await convert('text,category\nWhere?,track\n');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('or replace it with --force') });
  expect(await readFile(out(), 'utf8')).toBe('mine');
  expect(await convert('text,category\nWhere?,track\n', '--force')).toMatchObject({ code: 0 });
  expect(await readFile(out(), 'utf8')).toContain('"track"');
});

test('a mapping and a system message from options', async () => {
  const mapping = ['--user-template', 'Q: {{a}}', '--output-column', 'b', '--system', 'Sort.', '--json'];
  const { code, stdout } = await convert('a,b\n1,2\n', ...mapping);
  expect({ code, json: JSON.parse(stdout) }).toMatchObject({ code: 0, json: { out: out(), examples: 1, errors: 0 } });
  expect(await readFile(out(), 'utf8')).toBe(
    '{"messages":[{"role":"system","content":"Sort."},{"role":"user","content":"Q: 1"},{"role":"assistant","content":"2"}]}\n',
  );
});

test('pairs by the columns of a question and its two answers', async () => {
  const mapping = ['--input-column', 'ask', '--output-column', 'good', '--rejected-column', 'bad'];
  const { code, stdout } = await convert('ask,good,bad\na,b,c\n', ...mapping);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('1 example for the method dpo') });
});

test('what no file of this machine is: it says what to do about it', async () => {
  const converted = async (input: string) => await type(['convert', input, '--out', 'out.jsonl'], { directory });
  expect((await converted('none.csv')).stderr).toBe(
    'error: There is no file none.csv.\n  what to do: Check the path.\n',
  );
  for (const input of ['https://example.com/a.csv', 's3://bucket/a.csv', 'platform:file-1']) {
    const { code, stderr } = await converted(input);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: ${input} is no file of this machine, and convert reads no other.\n  what to do: Fetch it first.\n`,
    });
  }
});

test('a sheet by its name', async () => {
  const { code, stderr } = await convert('text,category\na,b\n', '--sheet', 'One');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: A sheet is named, and in\.csv is no spreadsheet\./);
});

test('errors with their lines, code 1 and no file', async () => {
  const { code, stdout } = await convert('text,category\na,b,c\n');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^in\.csv:2: error: The row has 3 fields, .* \[ragged_row\]$/m);
  expect(stdout).toContain('out.jsonl was not written: 1 error\n');
  expect(existsSync(out())).toBe(false);
});

test('broken off it says that nothing was written, with the code of the signal', async () => {
  await writeFile(join(directory, 'in.csv'), 'text,category\na,b\n');
  const interrupts = () => AbortSignal.abort('SIGINT');
  expect(await type(['convert', 'in.csv', '--out', 'out.jsonl'], { directory, interrupts })).toMatchObject({
    code: 130,
    stderr: 'Broken off; out.jsonl was not written.\n',
  });
});

test('it takes every preset there is, and none other', async () => {
  for (const preset of Object.keys(presets)) {
    expect((await convert('a,b\n1,2\n', '--preset', preset)).stderr).toMatch(/^error: in\.csv has no column /);
  }
  expect((await convert('a,b\n1,2\n', '--preset', 'other')).code).toBe(2);
});
