const blankCode = 0x20;
const lastOfAscii = 0x7e;

/** Whether a text is empty or white space. Nearly none is, which its first letter tells without a pattern. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  return !(first > blankCode && first <= lastOfAscii) && !/\S/.test(text);
}
