import { isRecord, type JsonRecord } from '../reading/json.ts';

/** Fields of a line, beside those of its format, by which a data set is split; `a.b` is a field in a field. */
export interface SplitFields {
  /** Examples of which it is equal stay in one part. */
  groupBy?: string | undefined;
  /** The newest examples are held out: ISO times, or numbers that grow. */
  timeBy?: string | undefined;
}

/** A name of a slice stands in tables. */
const longestSlice = 200;
const isoTime = /^(\d{4}(?:-\d\d){0,2})(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** What a line has there; undefined where it has nothing. */
function fieldAt(line: JsonRecord, path: string): unknown {
  let value: unknown = line;
  for (const name of path.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Equal for lines of one group; undefined for a line that names none. */
export function groupOf(line: JsonRecord, path: string): string | undefined {
  const value = fieldAt(line, path);
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
}

/** The slice of lines that name nothing there. */
export const unnamedSlice = '(none)';

/** By which results are told apart; `(none)` for a line that names nothing there. */
export function sliceOf(line: JsonRecord, path: string): string {
  const value = fieldAt(line, path);
  return ['string', 'number', 'boolean'].includes(typeof value) ? `${value}`.slice(0, longestSlice) : unnamedSlice;
}

/** A number that grows with time; undefined for what is no time. */
export function timeOf(line: JsonRecord, path: string): number | undefined {
  const value = fieldAt(line, path);
  const time = typeof value === 'string' ? parsedTime(value) : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}

/** `Date.parse` alone reads "50" as a year, and what names no zone by that of the worker. */
function parsedTime(text: string): number {
  const [, day, clock = '00:00', zone = 'Z'] = isoTime.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day.padEnd(7, '-01').padEnd(10, '-01')}T${clock}${zone.replace(/^(.\d\d)(\d\d)$/, '$1:$2')}`);
}

/** Names of a line's own fields that hold these. */
export function topFields(paths: readonly (string | undefined)[]): string[] {
  return paths.flatMap((path) => path?.split('.')[0] ?? []);
}

/** A line that holds a JSON object, without these fields of its own; all others as they are written, digit by digit. */
export function withoutFields(line: string, fields: readonly string[]): string {
  const kept: string[] = [];
  for (const { name, text } of fieldsOf(line)) if (!fields.includes(name)) kept.push(text);
  return `{${kept.join(',')}}`;
}

/** The fields of an object in valid JSON, each as its text `"name": value`. */
function* fieldsOf(line: string): Generator<{ name: string; text: string }> {
  let depth = 0;
  let start = line.indexOf('{') + 1;
  let colon = -1;
  for (let at = start; at < line.length; at++) {
    const character = line[at];
    if (character === '"') at = endOfString(line, at);
    else if (character === ':' && depth === 0) colon = at;
    else if (character === '{' || character === '[') depth += 1;
    else if (depth > 0 && (character === '}' || character === ']')) depth -= 1;
    else if (depth === 0 && (character === ',' || character === '}')) {
      const text = line.slice(start, at).trim();
      if (text !== '') yield { name: JSON.parse(line.slice(start, colon)), text };
      start = at + 1;
    }
  }
}

/** Where the string that begins at a quote ends. */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
