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

const invalidAt = (_text: string, at: number): string => `It is not JSON: the fault is at character ${at + 1}.`;

/**
 * The JSON object that begins at `line`.
 *
 * @param invalid says what is wrong with a text that is no JSON from a character on
 */
export function parseRow(text: string, line: number, invalid: typeof invalidAt = invalidAt): RowOrProblem {
  const parsed = parseJson(text);
  if ('beyond' in parsed) {
    return rowProblem(line, parsed.beyond, `It is ${beyondWords[parsed.beyond]}, which no example needs.`);
  }
  if ('errorAt' in parsed) {
    return rowProblem(line, 'invalid_json', invalid(text, parsed.errorAt));
  }
  const value = parseExactly(text, parsed.value);
  if (isRecord(value)) return { row: { line, value } };
  return rowProblem(line, 'data_type', 'It is JSON, but no object with named fields.');
}
