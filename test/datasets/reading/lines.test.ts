import { open } from 'node:fs/promises';
import { splitLines } from '../../../src/datasets/reading/lines.ts';
import { readLines } from '../../../src/datasets/reading/source.ts';
import { collect, inChunks, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

async function linesOf(content: string | Uint8Array, chunk = 7, limit?: number) {
  const found = (await collect(splitLines(inChunks(Buffer.from(content), chunk), limit))).flat();
  return found.map((one) => ('line' in one ? one.line : one.problem));
}

test.each([1, 2, 3, 1000])('lines keep their number and place whatever the chunks (%d bytes)', async (size) => {
  expect(await linesOf('\uFEFFäb\r\n\n  \nc😀\nlast', size)).toEqual([
    expect.objectContaining({ code: 'byte_order_mark', severity: 'warning', line: 1 }),
    { number: 1, offset: 3, length: 3, text: 'äb' },
    { number: 4, offset: 12, length: 5, text: 'c😀' },
    { number: 5, offset: 18, length: 4, text: 'last' },
  ]);
});

test('a line that is no UTF-8 is a problem in its place', async () => {
  const content = Buffer.concat([Buffer.from('one\n'), Buffer.from([0xc3, 0x28]), Buffer.from('\nthree')]);
  expect(await linesOf(content)).toEqual([
    expect.objectContaining({ number: 1, text: 'one' }),
    expect.objectContaining({ code: 'not_utf8', severity: 'error', line: 2 }),
    expect.objectContaining({ number: 3, text: 'three' }),
  ]);
});

test.each([
  ['little-endian with a mark', Buffer.from('\uFEFF{"a": 1}\n{"a": 2}\n', 'utf16le')],
  ['little-endian without', Buffer.from('{"a": 1}\n{"a": 2}\n', 'utf16le')],
  ['big-endian without', Buffer.from('{"a": 1}\n{"a": 2}\n', 'utf16le').swap16()],
])('UTF-16 %s is one problem', async (_, content) => {
  expect(await linesOf(content)).toEqual([expect.objectContaining({ code: 'not_utf8_file', severity: 'error' })]);
});

test('a line over the limit is passed over, one at the limit is read', async () => {
  expect(await linesOf('12345678\n123456789\nend', 4, 8)).toEqual([
    expect.objectContaining({ number: 1, text: '12345678' }),
    expect.objectContaining({ code: 'line_too_long', line: 2 }),
    { number: 3, offset: 19, length: 3, text: 'end' },
  ]);
});

test('a line of 300 MB is never held in memory', async () => {
  const path = files.path('long.jsonl');
  const file = await open(path, 'w');
  await file.write('{"messages": "');
  await file.truncate(300_000_000);
  await file.write('\n{}\n', 300_000_000);
  await file.close();

  const before = process.memoryUsage.rss();
  let peak = before;
  const found = await collect(
    readLines(path, {
      onProgress() {
        peak = Math.max(peak, process.memoryUsage.rss());
      },
    }),
  );
  expect(found.flat()).toEqual([
    {
      problem: expect.objectContaining({
        code: 'line_too_long',
        line: 1,
        message: expect.stringContaining('300000000 bytes'),
      }),
    },
    { line: { number: 2, offset: 300_000_001, length: 2, text: '{}' } },
  ]);
  expect(peak - before).toBeLessThan(150_000_000);
});
