import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random letters and digits, as OpenAI's ids end. */
export function randomLetters(length: number): string {
  let text = '';
  // Taking a byte modulo 62 is slightly uneven, which does no harm to an id.
  for (const byte of randomBytes(length)) text += ALPHABET[byte % ALPHABET.length];
  return text;
}

/** A new id such as `file-…` (24 random characters after the prefix). */
export function newId(prefix: string): string {
  return `${prefix}${randomLetters(24)}`;
}
