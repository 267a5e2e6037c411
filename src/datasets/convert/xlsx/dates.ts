const dayMs = 86_400_000;

/** Formats for dates and times that have no code of their own, by ECMA-376 part 1, 18.8.30. */
function isBuiltIn(format: number): boolean {
  return (
    (format >= 14 && format <= 22) ||
    (format >= 27 && format <= 36) ||
    format === 45 ||
    format === 47 ||
    (format >= 50 && format <= 58)
  );
}

/** Whether numbers of a format are dates or times; `code` is that of a format of the workbook's own. */
export function isDateFormat(format: number, code: string | undefined): boolean {
  if (code === undefined) return isBuiltIn(format);
  // Hours of more than a day are a length of time.
  if (/\[[hms]+\]/i.test(code)) return false;
  // What stands in quotes, in brackets and behind a backslash is no part of a date.
  return /[dmyhs]/i.test(code.replaceAll(/"[^"]*"|\[[^\]]*\]|[\\_*]./g, ''));
}

/**
 * Days since the end of 1899 as ISO 8601: `2026-11-23`, with a time of the day `2026-11-23T15:30:00`, and `15:30:00` for a time
 * alone. Undefined for what no calendar has.
 */
export function isoDate(days: number, from1904: boolean): string | undefined {
  const ms = Math.round(days * 86_400) * 1000;
  if (!(ms >= 0)) return undefined;
  if (ms < dayMs && !from1904) return isoOf(ms)?.slice(11);
  // Excel has a 29 February 1900, so that days before it are counted from another one.
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const iso = isoOf(epoch + ms);
  return ms % dayMs === 0 ? iso?.slice(0, 10) : iso;
}

/** Without fractions of a second; Excel counts to the year 9999. */
function isoOf(ms: number): string | undefined {
  return ms < Date.UTC(10_000, 0, 1) ? new Date(ms).toISOString().slice(0, 19) : undefined;
}
