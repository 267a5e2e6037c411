import { failedFormula } from '../fault.ts';
import { isoDate } from './dates.ts';
import { unescaped } from './text.ts';
import type { Workbook } from './workbook.ts';

/** A cell as its part of the workbook tells it. */
export interface RawCell {
  /** From 0. */
  column: number;
  /** How `value` is meant: `n`, `s`, `b`, `e`, `str`, `d` or `inlineStr`. */
  type: string;
  style: number;
  value: string;
}

/** The value of a cell: numbers as they are counted, dates by ISO 8601; undefined where nothing stands in it. */
export function cellValue({ type, style, value }: RawCell, workbook: Workbook): unknown {
  if (type === 'inlineStr') return value === '' ? undefined : value;
  if (value === '') return undefined;
  switch (type) {
    case 's':
      return workbook.strings[Number(value)];
    case 'b':
      return value === '1';
    case 'e':
      return failedFormula;
    case 'str':
      return unescaped(value);
    case 'd':
      return value;
    default: {
      const number = Number(value);
      if (Number.isNaN(number)) return value;
      return (workbook.isDate(style) ? isoDate(number, workbook.from1904) : undefined) ?? number;
    }
  }
}

/** The column of a reference such as `AB12`, from 0; undefined for what is none. */
export function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}(?=\d)/.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
