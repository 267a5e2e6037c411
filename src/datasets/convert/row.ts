import type { Problem } from '../problem.ts';
import { beyondWords, isRecord, type JsonRecord, parseJson } from '../reading/json.ts';
import { parseExactly } from './long-numbers.ts';

/** One record of a file of any format: its values by column. */
export interface Row {
  /** Where it begins in the file, after decompression; from 1. */
  line: number;
  value: JsonRecord;
}

export type RowOrProblem = { row: Row } | { problem: Problem };

/** A longer record is no training example. */
export const maxRecordBytes = 16 * 1024 * 1024;

/** An error of one line. */
export function rowProblem(line: number, code: string, message: string): { problem: Problem } {
  return { problem: { code, severity: 'error', line, message } };
}

/** The JSON object that begins at `line`. */
export function parseRow(text: string, line: number): RowOrProblem {
  const parsed = parseJson(text);
  if ('beyond' in parsed) {
    return rowProblem(line, parsed.beyond, `It is ${beyondWords[parsed.beyond]}, which no example needs.`);
  }
  if ('errorAt' in parsed) {
    return rowProblem(line, 'invalid_json', `It is not JSON: the fault is at character ${parsed.errorAt + 1}.`);
  }
  const value = parseExactly(text, parsed.value);
  if (isRecord(value)) return { row: { line, value } };
  return rowProblem(line, 'data_type', 'It is JSON, but no object with named fields.');
}
