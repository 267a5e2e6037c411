/** What the language has since Node 21, and TypeScript's library does not know yet. */
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): { rawJSON: string };
  isRawJSON(value: unknown): value is { rawJSON: string };
};
/** What may be a whole number of more digits than floating point keeps. */
const doubtful = /\d{16}/;

/** Parses JSON that is known to be valid; whole numbers beyond 2^53 are written again digit by digit. */
export function parseExactly(text: string, parsed: unknown): unknown {
  if (!doubtful.test(text)) return parsed;
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source ?? '';
    const long = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
    return long ? rawJSON(source) : value;
  });
}

/** The digits of such a number; undefined for any other value. */
export function digitsOf(value: unknown): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}
