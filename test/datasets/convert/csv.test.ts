import fc from 'fast-check';
import { parseCsv } from '../../../src/datasets/convert/csv.ts';
import { collect } from '../support.ts';

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const parse = async (text: string, delimiter = ',', size = 1000) =>
  (await collect(parseCsv(pieces(text, size), delimiter))).flat();
const fieldsOf = async (text: string, delimiter?: string) =>
  (await parse(text, delimiter)).map((one) => ('fields' in one ? one.fields : one));

describe('the rules of RFC 4180, section 2', () => {
  test.each([
    ['1: a record a line, ended by CRLF', 'aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n'],
    ['1: or by LF', 'aaa,bbb,ccc\nzzz,yyy,xxx\n'],
    ['2: the last line end may be missing', 'aaa,bbb,ccc\r\nzzz,yyy,xxx'],
    ['5: fields in quotes', '"aaa","bbb","ccc"\r\nzzz,"yyy",xxx'],
  ])('%s', async (_, text) => {
    expect(await fieldsOf(text)).toEqual([
      ['aaa', 'bbb', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ]);
  });

  test('4: spaces belong to a field; the last one may be empty', async () => {
    expect(await fieldsOf(' a , b,\r\n,,\r\n')).toEqual([
      [' a ', ' b', ''],
      ['', '', ''],
    ]);
  });

  test('6: separators, quotes and line ends within quotes', async () => {
    expect(await fieldsOf('"aaa","b\r\nb,b","ccc"\r\nzzz,yyy,xxx\r\n')).toEqual([
      ['aaa', 'b\r\nb,b', 'ccc'],
      ['zzz', 'yyy', 'xxx'],
    ]);
  });

  test('7: a quote within quotes is doubled', async () => {
    expect(await fieldsOf('"aaa","b""bb","""",""\r\n')).toEqual([['aaa', 'b"bb', '"', '']]);
  });
});

test('a record knows the line where it begins, line ends in fields and blank lines counted', async () => {
  expect(await parse('a\n"b\n\n"\n\nc')).toEqual([
    { line: 1, fields: ['a'] },
    { line: 2, fields: ['b\n\n'] },
    { line: 5, fields: [''] },
    { line: 6, fields: ['c'] },
  ]);
});

test('other separators; a quote amid a field is itself', async () => {
  expect(await fieldsOf('a;b,c;d', ';')).toEqual([['a', 'b,c', 'd']]);
  expect(await fieldsOf('5" pipe\tb', '\t')).toEqual([['5" pipe', 'b']]);
});

test('a quote that nothing closes and text behind a quote are the last that is told, with their line', async () => {
  expect(await parse('a\nb,"c\nd\n')).toEqual([
    { line: 1, fields: ['a'] },
    { line: 2, fault: 'open quote' },
  ]);
  expect(await parse('a\n"b\n" c\nd')).toEqual([
    { line: 1, fields: ['a'] },
    { line: 3, fault: 'text after quote' },
  ]);
});

test('what is written by the RFC is read back, wherever it is cut', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', '😀', ' '), maxLength: 6 });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 }), async (rows, end, size) => {
      const text = rows.map((row) => row.map(quoted).join(',') + end).join('');
      expect((await parse(text, ',', size)).map((one) => ('fields' in one ? one.fields : one))).toEqual(rows);
    }),
  );
});
