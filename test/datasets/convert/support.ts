import { crc32, deflateRawSync } from 'node:zlib';
import { type OpenOptions, openRows } from '../../../src/datasets/convert/open.ts';

/** The rows of a file as `[line, value]`, and problems as they are; values as entries where an object would hide some. */
export async function readAll(path: string, name: string, options: OpenOptions = {}) {
  const { format, rows, close } = await openRows(path, name, options);
  const found: unknown[] = [];
  try {
    for await (const batch of rows) {
      for (const one of batch) found.push('row' in one ? [one.row.line, { ...one.row.value }] : one.problem);
    }
  } finally {
    await close();
  }
  return { format, rows: found };
}

export interface Part {
  path: string;
  content: string;
  /** What the archive says of its bytes, where that is not so. */
  claimedBytes?: number;
}

/** A ZIP file. */
export function zip(parts: readonly Part[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, claimedBytes } of parts) {
    const [name, data] = [Buffer.from(path), Buffer.from(content)];
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedBytes ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, name);
    files.push(file);
    offset += file.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, entries, Buffer.from('PK\x05\x06'), end]);
}

export interface Workbook {
  /** The rows of each sheet, as XML. */
  sheets: Record<string, string>;
  hidden?: string;
  strings?: string;
  styles?: string;
  from1904?: boolean;
}

/** The parts of a workbook. */
export function workbookParts({ sheets, hidden, strings, styles, from1904 = false }: Workbook): Part[] {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const names = Object.keys(sheets);
  const listed = names.map(
    (name, i) =>
      `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"${name === hidden ? ' state="hidden"' : ''}/>`,
  );
  const related = names.map(
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="${relationships}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  );
  return [
    {
      path: 'xl/workbook.xml',
      content: `<workbook xmlns="${main}" xmlns:r="${relationships}"><workbookPr date1904="${from1904}"/><sheets>${listed.join('')}</sheets></workbook>`,
    },
    { path: 'xl/_rels/workbook.xml.rels', content: `<Relationships>${related.join('')}</Relationships>` },
    ...Object.values(sheets).map((rows, i) => ({
      path: `xl/worksheets/sheet${i + 1}.xml`,
      content: `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
    })),
    ...(strings === undefined ? [] : [{ path: 'xl/sharedStrings.xml', content: `<sst>${strings}</sst>` }]),
    ...(styles === undefined ? [] : [{ path: 'xl/styles.xml', content: `<styleSheet>${styles}</styleSheet>` }]),
  ];
}

export function workbook(parts: Workbook): Buffer {
  return zip(workbookParts(parts));
}
