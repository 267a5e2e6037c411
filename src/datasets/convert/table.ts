import { TunewrightError } from '../../contract/errors.ts';
import type { JsonRecord } from '../reading/json.ts';
import { type CsvFault, type CsvRecord, parseCsv } from './csv.ts';
import { type RowOrProblem, rowProblem } from './row.ts';
import { textPieces } from './text.ts';

/**
 * The rows of a CSV file below its header, a list for each piece of it. A row with more or fewer fields than the header is
 * a problem. Throws `invalid_data` for a header that names a column twice or ends its line with CR alone.
 */
export async function* tableRows(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  delimiter: string,
): AsyncGenerator<RowOrProblem[]> {
  let columns: string[] | undefined;
  for await (const records of parseCsv(textPieces(chunks, name), delimiter)) {
    const found: RowOrProblem[] = [];
    for (const record of records) {
      if ('fault' in record) found.push(faultProblem(record));
      else if (columns === undefined) columns = header(record, name);
      else found.push(rowOf(record, columns));
    }
    yield found;
  }
}

function header({ fields }: CsvRecord, name: string): string[] {
  if (fields.some((field) => field.includes('\r'))) {
    throw new TunewrightError('invalid_data', `The lines of ${name} end with CR alone.`, {
      advice: 'Save it with line ends LF or CRLF.',
    });
  }
  const named = fields.filter((field) => field !== '');
  if (new Set(named).size === named.length) return fields;
  throw new TunewrightError('invalid_data', `The header of ${name} names a column twice.`, {
    advice: 'Give every column a name of its own in the first line.',
  });
}

function rowOf({ line, fields }: CsvRecord, columns: readonly string[]): RowOrProblem {
  // A blank line is an empty row, however many columns there are.
  const blank = fields.length === 1 && fields[0] === '';
  if (!blank && fields.length !== columns.length) {
    const message = `The row has ${count(fields.length)}, the header ${columns.length}. Put fields that hold the separator, a quote or a line end in double quotes.`;
    return rowProblem(line, 'ragged_row', message);
  }
  // Without a prototype no column name, such as __proto__, means anything.
  const value: JsonRecord = Object.create(null);
  for (let i = 0; i < columns.length; i++) value[columns[i] as string] = fields[i] ?? '';
  return { row: { line, value } };
}

function count(fields: number): string {
  return fields === 1 ? '1 field' : `${fields} fields`;
}

function faultProblem({ line, fault }: CsvFault): RowOrProblem {
  return fault === 'open quote'
    ? rowProblem(
        line,
        'open_quote',
        'A field begins with a quote that nothing closes. Close it, or double it and put the field in quotes.',
      )
    : rowProblem(
        line,
        'text_after_quote',
        'Text follows the closing quote of a field. Double the quotes within a field.',
      );
}
