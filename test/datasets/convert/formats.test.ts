import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readRows } from '../../../src/datasets/convert/format.ts';
import { readInput } from '../../../src/datasets/convert/input.ts';
import { arrayRows } from '../../../src/datasets/convert/json-array.ts';
import { openSource } from '../../../src/datasets/reading/source.ts';
import { collect, inChunks, temporaryFolder } from '../support.ts';

const files = temporaryFolder();

async function rowsOf(name: string, content: string | Uint8Array, chunk = 1000) {
  const { format, rows } = await readRows(inChunks(Buffer.from(content), chunk), name);
  const found = (await collect(rows)).flat();
  return { format, rows: found.map((one) => ('row' in one ? [one.row.line, { ...one.row.value }] : one.problem)) };
}

describe('a table', () => {
  test.each([
    ['a.csv', '\uFEFFq,a\r\n"x,\r\ny",z\r\n', 'CSV'],
    ['a.csv', 'q;a\n"x,\r\ny";z\n', 'CSV separated by semicolons'],
    ['a.tsv.gz', 'q\ta\n"x,\r\ny"\tz\n', 'TSV'],
    ['unnamed', 'q\ta\n"x,\r\ny"\tz\n', 'TSV'],
  ])('%s: %j', async (name, text, format) => {
    expect(await rowsOf(name, text)).toEqual({ format, rows: [[2, { q: 'x,\r\ny', a: 'z' }]] });
  });

  test('a row with more or fewer fields is named by its line; a blank line is an empty row', async () => {
    const { rows } = await rowsOf('a.csv', 'q,a\n1\n\n1,2,3\n1,2\n');
    expect(rows).toEqual([
      expect.objectContaining({
        code: 'ragged_row',
        severity: 'error',
        line: 2,
        message: expect.stringMatching(/^The row has 1 field, the header 2\./),
      }),
      [3, { q: '', a: '' }],
      expect.objectContaining({
        code: 'ragged_row',
        line: 4,
        message: expect.stringMatching(/^The row has 3 fields,/),
      }),
      [5, { q: '1', a: '2' }],
    ]);
  });

  test('a column may have any name', async () => {
    const { rows } = await readRows(inChunks(Buffer.from('__proto__,constructor\n1,2\n'), 9), 'a.csv');
    const [one] = (await collect(rows)).flat();
    expect(one && 'row' in one && Object.entries(one.row.value)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  test.each([
    ['a column named twice', 'q,a,q\n1,2,3\n', 'The header of a.csv names a column twice.'],
    ['line ends of CR alone', 'q,a\r1,2\r', 'The lines of a.csv end with CR alone.'],
    ['UTF-16', Buffer.from('\uFEFFq,a\n', 'utf16le'), 'a.csv is UTF-16 or holds no text.'],
    ['white space alone', ' \n', 'a.csv begins with nothing but white space.'],
    [
      'no UTF-8',
      Buffer.from(`q,a\n${'1,2\n'.repeat(9000)}\xe9,2\n`, 'latin1'),
      'a.csv:9002: the line is not UTF-8, so its letters would be guessed.',
    ],
  ])('%s is refused', async (_, content, message) => {
    await expect(rowsOf('a.csv', content, 5)).rejects.toMatchObject({ code: 'invalid_data', message });
  });
});

describe('JSON', () => {
  const array = '[\n {"q": "a\\"]}{[", "n": [{"é": 1}]},\n {"q": "😀\\\\"}\n]\n';
  const rows = [
    { row: { line: 2, value: { q: 'a"]}{[', n: [{ é: 1 }] } } },
    { row: { line: 3, value: { q: '😀\\' } } },
  ];

  test.each([1, 2, 3, 1000])('the objects of an array, whatever the chunks (%d bytes)', async (size) => {
    expect((await collect(arrayRows(inChunks(Buffer.from(array), size)))).flat()).toEqual(rows);
  });

  test('an array is told by its first character, behind a byte order mark too', async () => {
    const found = await rowsOf('a.json', `\uFEFF${array}`);
    expect(found).toEqual({ format: 'a JSON array', rows: rows.map(({ row }) => [row.line, row.value]) });
  });

  test.each([
    [
      'on lines of its own',
      '{\n "version": {"data": [1]}, "é": "data",\n "data": [\n  {"q": 1},\n  {"q": 2}\n ], "n": [3]}\n',
      4,
    ],
    ['on one line', '{"data": [{"q": 1},\n{"q": 2}]}', 1],
  ])('an array under a key, %s', async (_, text, line) => {
    for (const name of ['a.json', 'data']) {
      expect(await rowsOf(name, `\uFEFF${text}`)).toEqual({
        format: 'a JSON array under "data"',
        rows: [
          [line, { q: 1 }],
          [line + 1, { q: 2 }],
        ],
      });
    }
    const cut = await rowsOf('a.json', text.slice(0, text.indexOf('2')));
    expect(cut.rows.at(-1)).toMatchObject({
      code: 'invalid_json',
      message: 'The file ends before its JSON array does.',
    });
  });

  test.each([
    ['lines with such a key', '{"q": 1, "data": [{"q": 1}]}\n{"q": 2, "data": []}\n'],
    ['other keys', '{"messages": [{"q": 1}]}\n'],
    ['no list', '{"data": {"rows": [{"q": 1}]}}\n'],
  ])('%s are JSON lines', async (_, text) => {
    const { format, rows } = await rowsOf('a.json', text);
    expect({ format, first: rows[0] }).toEqual({
      format: 'JSON lines',
      first: [1, JSON.parse(text.split('\n')[0] ?? '')],
    });
  });

  test('one line each, blank ones passed over', async () => {
    const lines = '{"q": 1}\n\n{"q": 2}\n[]\n{\n';
    expect(await rowsOf('a.jsonl', lines)).toEqual({
      format: 'JSON lines',
      rows: [
        [1, { q: 1 }],
        [3, { q: 2 }],
        expect.objectContaining({ code: 'data_type', line: 4 }),
        expect.objectContaining({ code: 'invalid_json', line: 5, message: expect.stringContaining('`jq -c .`') }),
      ],
    });
    expect((await rowsOf('a.json', lines)).format).toBe('JSON lines');
  });

  test.each([
    ['cut off', '[{"q": 1},\n{"q": ', 2, 'The file ends before its JSON array does.'],
    [
      'goes on after its end',
      '[{"q": 1}]\n[',
      2,
      'Here nothing is expected: the file must be one JSON array of objects.',
    ],
    ['holds a number', '[{"q": 1},\n\n2]', 3, 'Here object is expected: the file must be one JSON array of objects.'],
    [
      'lacks a comma',
      '[{"q": 1}\n{"q": 1}]',
      2,
      'Here comma or end is expected: the file must be one JSON array of objects.',
    ],
  ])('an array that %s', async (_, text, line, message) => {
    const { rows } = await rowsOf('a.json', text);
    expect(rows).toEqual([[1, { q: 1 }], { code: 'invalid_json', severity: 'error', line, message }]);
  });
});

describe('compressed content', () => {
  const text = 'q,a\n1,2\n'.repeat(40_000);
  async function read(path: string): Promise<Buffer> {
    const { handle, bytes } = await openSource(path);
    try {
      return Buffer.concat(await collect(readInput({ handle, bytes, name: 'data' })));
    } finally {
      await handle.close();
    }
  }

  test.each([
    ['gzip', gzipSync],
    ['Zstandard', zstdCompressSync],
  ])('%s, whole and in parts put together', async (name, compress) => {
    const [whole, part] = [compress(text), compress('3,4\n')];
    expect((await read(await files.write(`${name}-1`, whole))).equals(Buffer.from(text))).toBe(true);
    const parts = await files.write(`${name}-2`, Buffer.concat([part, whole, part, part]));
    expect((await read(parts)).toString()).toBe(`3,4\n${text}3,4\n3,4\n`);
  });

  test.each([
    ['gzip', gzipSync],
    ['Zstandard', zstdCompressSync],
  ])('%s that is cut off, or followed by something else, is refused', async (name, compress) => {
    const damaged = { code: 'source_unreadable', message: expect.stringMatching(/^data cannot be decompressed/) };
    await expect(read(await files.write(`${name}-3`, compress(text).subarray(0, -9)))).rejects.toMatchObject(damaged);
    const followed = Buffer.concat([compress(text), Buffer.from('q,a\n1,2\n')]);
    await expect(read(await files.write(`${name}-4`, followed))).rejects.toMatchObject(damaged);
  });
});

describe('what a stream cannot be read of', () => {
  test.each([
    ['Parquet', 'PAR1', 'a holds a Parquet file, compressed once more.'],
    ['a spreadsheet', 'PK\x03\x04', 'a holds a spreadsheet or an archive, compressed once more.'],
    ['gzip', '\x1f\x8b\x08\x00', 'a is compressed twice.'],
    ['encrypted Parquet', 'PARE', 'a is an encrypted Parquet file.'],
    ['an old spreadsheet', '\xd0\xcf\x11\xe0', 'a is a spreadsheet of an old kind (.xls), or one with a password.'],
  ])('%s is refused', async (_, magic, message) => {
    const content = Buffer.from(`${magic}...`, 'latin1');
    await expect(rowsOf('a', content)).rejects.toMatchObject({ code: 'invalid_data', message });
  });
});
