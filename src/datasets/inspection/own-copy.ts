/** The same text in memory of its own: a part of a string keeps all of it. Halves of surrogate pairs stay as they are. */
export function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
