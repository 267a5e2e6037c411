import { type Finding, problemAt, shown, warningAt } from '../problem.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import { digitsOf } from './long-numbers.ts';

/** Why no example comes of a row: an error refuses the file, a warning leaves the row out. */
export class RowFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    // Every row of a file may have one, and its stack takes many times as long as the row.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(finding.message);
    Error.stackTraceLimit = stackTraceLimit;
    this.finding = finding;
  }
}

/** Stands for what a formula that failed left in its cell. */
export const failedFormula = Symbol('failed formula');

export function refused(code: string, message: string): RowFault {
  return new RowFault(problemAt('', code, message));
}

export function leftOut(code: string, message: string): RowFault {
  return new RowFault(warningAt('', code, `${message} The row is left out.`));
}

/** The names of columns for a message. */
export function listed(columns: readonly string[]): string {
  const most = 20;
  const names = columns.slice(0, most).map(shown).join(', ');
  return columns.length > most ? `${names} and ${columns.length - most} more` : names;
}

/** What a column holds. Throws {@link RowFault} where there is no such column. */
export function heldAt(row: JsonRecord, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  throw refused('missing_column', `There is no column ${shown(column)}; there are ${listed(Object.keys(row))}.`);
}

/** The text of a column; '' for null. Throws {@link RowFault} where there is none. */
export function textAt(row: JsonRecord, column: string): string {
  return asText(heldAt(row, column), column);
}

/** The same, '' where there is no such column. */
export function optionalTextAt(row: JsonRecord, column: string): string {
  return Object.hasOwn(row, column) ? textAt(row, column) : '';
}

function asText(value: unknown, column: string): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (value === failedFormula) {
    throw refused(
      'failed_formula',
      `In the column ${shown(column)} a formula failed, such as with #N/A. Mend or empty it.`,
    );
  }
  const digits = digitsOf(value);
  if (digits !== undefined) return digits;
  if (!isRecord(value) && !Array.isArray(value)) return String(value);
  throw refused('not_text', `The column ${shown(column)} holds a list or an object where text is expected.`);
}
