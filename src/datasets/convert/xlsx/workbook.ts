import { TunewrightError } from '../../../contract/errors.ts';
import { listed } from '../fault.ts';
import { type Archive, damaged } from './archive.ts';
import { isDateFormat } from './dates.ts';
import { textReader } from './text.ts';
import { local, visitAll } from './xml.ts';

const mebibyte = 1024 * 1024;
/** Of parts that say how a workbook is made up. */
const maxBytes = 64 * mebibyte;
/** Texts of all sheets, which are held in memory. */
const maxStringsBytes = 256 * mebibyte;
const folder = 'xl/';
const strings = `${folder}sharedStrings.xml`;
const styles = `${folder}styles.xml`;

/** What the cells of a sheet refer to. */
export interface Workbook {
  /** The path of the sheet's part. */
  path: string;
  sheet: string;
  strings: readonly string[];
  /** Whether a number with this style is a date. */
  isDate(style: number): boolean;
  /** Whether days are counted from 1904, as on old Macs. */
  from1904: boolean;
}

interface Sheet {
  name: string;
  path: string;
  hidden: boolean;
}

/**
 * Reads what is needed of a workbook for one of its sheets: the first that is not hidden, or that of a name. Throws
 * `invalid_config` where there is none of that name, and `invalid_data` for other archives and for more than 256 MiB of texts.
 */
export async function readWorkbook(archive: Archive, name: string, wanted: string | undefined): Promise<Workbook> {
  if (!archive.has(`${folder}workbook.xml`)) throw noWorkbook(name, archive.has(`${folder}workbook.bin`));
  const { sheets, from1904 } = await readSheets(archive, name);
  const sheet =
    wanted === undefined
      ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0])
      : sheets.find((one) => one.name === wanted);
  if (!sheet) throw wanted === undefined ? damaged(name) : noSheet(name, wanted, sheets);
  const dates = await readDateStyles(archive, name);
  return {
    path: sheet.path,
    sheet: sheet.name,
    strings: await readStrings(archive, name),
    isDate: (style) => dates[style] ?? false,
    from1904,
  };
}

async function readSheets(archive: Archive, name: string): Promise<{ sheets: Sheet[]; from1904: boolean }> {
  const paths = new Map<string, string>();
  await visitAll(archive.text(`${folder}_rels/workbook.xml.rels`, maxBytes), name, 'Relationship', {
    open(tag, { Id, Type, Target }) {
      if (tag !== 'Relationship' || Id === undefined || Target === undefined || !Type?.endsWith('/worksheet')) return;
      paths.set(Id, Target.startsWith('/') ? Target.slice(1) : `${folder}${Target}`);
    },
  });
  const sheets: Sheet[] = [];
  let from1904 = false;
  await visitAll(archive.text(`${folder}workbook.xml`, maxBytes), name, 'sheet', {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = isTrue(attributes.date1904);
      if (tag !== 'sheet') return;
      const id = Object.keys(attributes).find((key) => key.includes(':') && local(key) === 'id');
      const path = paths.get(attributes[id ?? ''] ?? '');
      // Sheets that are charts have no cells.
      if (path === undefined || attributes.name === undefined) return;
      sheets.push({ name: attributes.name, path, hidden: (attributes.state ?? 'visible') !== 'visible' });
    },
  });
  return { sheets, from1904 };
}

/** Of each style of cells, whether it shows a date. */
async function readDateStyles(archive: Archive, name: string): Promise<boolean[]> {
  if (!archive.has(styles)) return [];
  const own = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  await visitAll(archive.text(styles, maxBytes), name, 'xf', {
    open(tag, { numFmtId, formatCode }) {
      if (tag === 'cellXfs') inCells = true;
      else if (tag === 'numFmt' && formatCode !== undefined) own.set(Number(numFmtId), formatCode);
      else if (tag === 'xf' && inCells) formats.push(Number(numFmtId ?? 0));
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false;
    },
  });
  return formats.map((format) => isDateFormat(format, own.get(format)));
}

async function readStrings(archive: Archive, name: string): Promise<string[]> {
  if (!archive.has(strings)) return [];
  const found: string[] = [];
  const reader = textReader();
  await visitAll(archive.text(strings, maxStringsBytes), name, 'si', {
    open: reader.open,
    text: reader.text,
    close(tag) {
      reader.close(tag);
      if (tag === 'si') found.push(reader.take());
    },
  });
  return found;
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}

function noWorkbook(name: string, binary: boolean): TunewrightError {
  const message = binary
    ? `${name} is a binary spreadsheet (XLSB).`
    : `${name} is an archive, and no spreadsheet in it.`;
  return new TunewrightError('invalid_data', message, {
    advice: binary
      ? 'Save it as XLSX or CSV.'
      : 'Unpack it and give the files in it; save spreadsheets as XLSX or CSV.',
  });
}

function noSheet(name: string, wanted: string, sheets: readonly Sheet[]): TunewrightError {
  const there = listed(sheets.map((sheet) => sheet.name));
  return new TunewrightError('invalid_config', `${name} has no sheet ${listed([wanted])}; it has ${there}.`, {
    advice: 'Give --sheet one of these names, upper and lower case alike.',
  });
}
