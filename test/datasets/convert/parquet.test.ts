import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parquetRows } from '../../../src/datasets/convert/parquet/rows.ts';
import { collect, temporaryFolder } from '../support.ts';
import { readAll } from './support.ts';

const files = temporaryFolder();
/** Files that pyarrow wrote, by `fixtures/make.py`. */
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.parquet`, import.meta.url));
const read = async (path: string, signal?: AbortSignal) => await readAll(path, 'a.parquet', { signal });

test.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'])(
  'rows of all groups, compressed by %s',
  async (codec) => {
    const rows = Array.from({ length: 9 }, (_, i) => [i + 1, { text: `é ${i}`, category: 'xyz'[i % 3] }]);
    expect(await read(fixture(codec))).toEqual({ format: 'Parquet', rows });
  },
);

test('lists and structs, whose empty fields are left away', async () => {
  const { rows } = await read(fixture('messages'));
  const turns = (i: number, name: object = {}) => [
    { role: 'user', content: `Where? ${i}` },
    { role: 'assistant', content: `Here. ${i}`, ...name },
  ];
  expect(JSON.parse(JSON.stringify(rows))).toEqual([
    [1, { messages: turns(0), tools: null }],
    [2, { messages: turns(1, { name: 'b' }), tools: null }],
    [3, { messages: turns(2), tools: null }],
  ]);
});

test('values of all kinds', async () => {
  const { rows } = await read(fixture('values'));
  const same = {
    unsigned: '18446744073709551615',
    decimal: 0.3,
    day: '2026-11-23',
    time: '2026-11-23T15:30:01.005Z',
  };
  expect(rows).toEqual([
    [1, { ...same, int: 5, double: 5, float: 5, bool: true, bytes: 'abc' }],
    [2, { ...same, int: '9007199254740993', double: 0.1, float: 0.1, bool: false, bytes: {} }],
    [3, { ...same, int: null, double: null, float: 1e-9, bool: null, bytes: '' }],
  ]);
});

describe('what is refused', () => {
  const unread = 'a.parquet cannot be read as Parquet: it is damaged, cut off, encrypted or of a kind unknown here.';

  test('a file with encrypted columns', async () => {
    await expect(read(fixture('encrypted'))).rejects.toMatchObject({ code: 'source_unreadable', message: unread });
  });

  test.each([
    ['damaged in a page', 20, 60],
    ['damaged in its footer', -300, -200],
    ['whose footer would be longer than itself', -8, -4],
    ['cut off', -4, undefined],
  ])('a file %s', async (name, from, to) => {
    const content = await readFile(fixture('zstd'));
    content.subarray(from, to).fill(0x7f);
    const path = await files.write(name, content);
    await expect(read(path)).rejects.toMatchObject({ code: 'source_unreadable', message: unread });
  });

  test('a file whose damage keeps the decoder for ever', async () => {
    const handle = await open(fixture('endless'));
    const { size: bytes } = await handle.stat();
    const { rows, close } = await parquetRows({ handle, bytes, name: 'a.parquet' }, 2_000);
    await expect(collect(rows)).rejects.toMatchObject({ code: 'source_unreadable', message: unread });
    await close();
    await handle.close();
  });

  test('a row group that would not fit in memory, before any of it is read', async () => {
    await expect(read(fixture('wide'))).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(/^A row group of a\.parquet has over 536870912 bytes/),
      advice: expect.stringContaining('row_group_size'),
    });
  });

  test('reading is broken off', async () => {
    await expect(read(fixture('none'), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
