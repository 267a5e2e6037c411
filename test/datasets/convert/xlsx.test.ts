import { failedFormula } from '../../../src/datasets/convert/fault.ts';
import { temporaryFolder } from '../support.ts';
import { readAll, type Workbook, workbook, workbookParts, zip } from './support.ts';

const files = temporaryFolder();
let count = 0;

async function read(content: Buffer, options?: { sheet?: string; signal?: AbortSignal }) {
  count += 1;
  return await readAll(await files.write(`${count}`, content), 'a.xlsx', options);
}
const rowsOf = async (rows: string, parts?: Omit<Workbook, 'sheets'>) =>
  (await read(workbook({ sheets: { One: rows }, ...parts }))).rows;
const inline = (cell: string, text: string) => `<c r="${cell}" t="inlineStr"><is><t>${text}</t></is></c>`;
const header = `<row r="1">${inline('A1', 'q')}${inline('B1', 'a')}</row>`;

describe('cells', () => {
  test('shared, inline and rich text, without phonetic remarks; formulas by what they came to', async () => {
    const strings =
      '<si><t>q</t></si><si><t>a</t></si><si><r><t xml:space="preserve">rich </t></r><r><t>&lt;b&gt;</t></r><rPh><t>no</t></rPh></si>';
    const rows = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
      <row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="inlineStr"><is><r><t>x</t></r><r><t>_x000D_y_x005F_</t></r></is></c></row>
      <row r="3"><c r="A3" t="str"><f>"no"</f><v>é😀</v></c><c r="B3"><f>1+1</f><v>2</v></c></row>`;
    expect(await rowsOf(rows, { strings })).toEqual([
      [2, { q: 'rich <b>', a: 'x\ry_' }],
      [3, { q: 'é😀', a: 2 }],
    ]);
  });

  test('numbers as they are counted, true and false, and what a formula failed with', async () => {
    const rows = `${header}<row r="2"><c r="A2"><v>5.0</v></c><c r="B2"><v>0.30000000000000004</v></c></row>
      <row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#N/A</v></c></row>`;
    expect(await rowsOf(rows)).toEqual([
      [2, { q: 5, a: 0.30000000000000004 }],
      [3, { q: true, a: failedFormula }],
    ]);
  });

  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="[$-409]d\\ mmm;@"/><numFmt numFmtId="165" formatCode="0.0 &quot;days&quot;"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>';
  test.each([
    ['a day', 1, '46349', '2026-11-23'],
    ['a day in a format of its own', 2, '46349', '2026-11-23'],
    ['a point in time', 1, '46349.645833333336', '2026-11-23T15:30:00'],
    ['a time of the day', 1, '0.645833333333333', '15:30:00'],
    ['the last day before one that never was', 1, '59', '1900-02-28'],
    ['the first day after it', 1, '61', '1900-03-01'],
    ['a number', 0, '46349', 46349],
    ['a number with a word', 3, '46349', 46349],
    ['a length of time', 4, '1.5', 1.5],
    ['what no calendar has', 1, '9999999', 9999999],
  ])('%s', async (_, style, value, shown) => {
    const rows = `${header}<row r="2"><c r="A2" s="${style}"><v>${value}</v></c></row>`;
    expect(await rowsOf(rows, { styles })).toEqual([[2, { q: shown, a: '' }]]);
  });

  test('days from 1904', async () => {
    const rows = `${header}<row r="2"><c r="A2" s="1"><v>44887</v></c></row>`;
    expect(await rowsOf(rows, { styles, from1904: true })).toEqual([[2, { q: '2026-11-23', a: '' }]]);
  });
});

describe('rows', () => {
  test('their numbers are the lines; empty ones, and columns without a name, are passed over', async () => {
    const rows = `<row r="1"/><row r="3">${inline('B3', 'q')}${inline('D3', 'a')}</row><row r="4" s="1"><c r="B4" s="1"/></row>
      <row r="5">${inline('A5', 'aside')}</row><row r="9">${inline('A9', 'aside')}${inline('D9', 'x')}</row>`;
    expect(await rowsOf(rows)).toEqual([[9, { q: '', a: 'x' }]]);
  });

  test('of merged cells the first has the value', async () => {
    const rows = `${header}<row r="2">${inline('A2', 'x')}${inline('B2', 'y')}</row><row r="3"><c r="A3"/>${inline('B3', 'z')}</row>`;
    expect(await rowsOf(rows)).toEqual([
      [2, { q: 'x', a: 'y' }],
      [3, { q: '', a: 'z' }],
    ]);
  });

  test('without references they follow each other, and names may have a prefix', async () => {
    const rows = '<x:row><x:c t="str"><x:v>q</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c></x:row>';
    expect(await rowsOf(`<x:sheetData xmlns:x="any">${rows}</x:sheetData>`)).toEqual([[2, { q: 1 }]]);
  });

  test('a column may have any name', async () => {
    const rows = `<row r="1">${inline('A1', '__proto__')}</row><row r="2">${inline('A2', 'x')}</row>`;
    const [[line, value]] = (await rowsOf(rows)) as [[number, object]];
    expect([line, Object.entries(value)]).toEqual([2, [['__proto__', 'x']]]);
  });

  test('a header that names a column twice is refused', async () => {
    const rows = `<row r="1">${inline('A1', 'q')}${inline('B1', 'q')}</row>`;
    await expect(rowsOf(rows)).rejects.toMatchObject({
      code: 'invalid_data',
      message: 'The header of a.xlsx names a column twice.',
    });
  });
});

describe('sheets', () => {
  const sheet = (text: string) => `<row r="1">${inline('A1', 'q')}</row><row r="2">${inline('A2', text)}</row>`;
  const content = workbook({ sheets: { Old: sheet('old'), New: sheet('new') }, hidden: 'Old' });

  test('the first that is not hidden, or one by its name', async () => {
    expect(await read(content)).toEqual({ format: 'XLSX, sheet "New"', rows: [[2, { q: 'new' }]] });
    expect(await read(content, { sheet: 'Old' })).toEqual({ format: 'XLSX, sheet "Old"', rows: [[2, { q: 'old' }]] });
  });

  test('one that is not there: those that are', async () => {
    await expect(read(content, { sheet: 'old' })).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'a.xlsx has no sheet "old"; it has "Old", "New".',
    });
    await expect(read(Buffer.from('q,a\n'), { sheet: 'Old' })).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'A sheet is named, and a.xlsx is no spreadsheet.',
    });
  });
});

describe('what is refused', () => {
  const good = workbookParts({ sheets: { One: header }, strings: '<si><t>x</t></si>' });
  const withPart = (path: string, change: { content?: string; claimedBytes?: number }) =>
    zip(good.map((part) => (part.path === path ? { ...part, ...change } : part)));
  const sheet = 'xl/worksheets/sheet1.xml';
  const long = `<sheetData><row r="1">${inline('A1', 'x'.repeat(17 * 2 ** 20))}</row></sheetData>`;
  const damaged = /cannot be read as a spreadsheet/;

  test.each([
    [
      'another archive',
      zip([{ path: 'a.csv', content: 'q,a\n' }]),
      'invalid_data',
      /is an archive, and no spreadsheet/,
    ],
    ['XLSB', zip([{ path: 'xl/workbook.bin', content: '' }]), 'invalid_data', /is a binary spreadsheet/],
    ['one cut off', zip(good).subarray(0, -30), 'source_unreadable', damaged],
    ['no XML', withPart(sheet, { content: '<sheetData><row>' }), 'source_unreadable', damaged],
    [
      'entities of its own',
      withPart(sheet, { content: '<!DOCTYPE a [<!ENTITY b "x">]><sheetData>&b;</sheetData>' }),
      'source_unreadable',
      damaged,
    ],
    ['texts of over 256 MiB', withPart('xl/sharedStrings.xml', { claimedBytes: 2 ** 29 }), 'invalid_data', /too large/],
    ['a sheet of over 1 GiB', withPart(sheet, { claimedBytes: 2 ** 31 }), 'invalid_data', /the sheet has over/],
    ['a row of over 16 MiB', withPart(sheet, { content: long }), 'invalid_data', /a row or a text has over/],
    ['more than it claims', withPart(sheet, { content: long, claimedBytes: 100 }), 'source_unreadable', damaged],
    ['a row beyond the last', withPart(sheet, { content: '<row r="1048577"/>' }), 'source_unreadable', damaged],
  ])('%s', async (_, content, code, message) => {
    await expect(read(content)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a changed byte, by its checksum', async () => {
    const content = zip(good);
    const at = content.lastIndexOf(sheet) - 46 + 16;
    content.writeUInt8(content.readUInt8(at) ^ 1, at);
    await expect(read(content)).rejects.toMatchObject({
      code: 'source_unreadable',
      message: expect.stringMatching(damaged),
    });
  });

  test('reading is broken off', async () => {
    await expect(read(zip(good), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
