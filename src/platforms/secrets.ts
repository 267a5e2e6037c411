import { z } from 'zod';
import { TunewrightError } from '../contract/errors.ts';

/** The name of an environment variable, in capitals as is usual. Something else is likely the key itself, and no message quotes it. */
export const variableName = z
  .string()
  .regex(
    /^[A-Z_][A-Z\d_]*$/,
    'is no name of an environment variable, in capitals; a key itself never stands in a file',
  );

/** A base address. What stands before an `@` would be shown with it wherever it is named, and no request takes it. */
export const baseAddress = z
  .url()
  .refine((url) => !hasCredentials(url), 'holds a user or a password: use a key, or headers');

/** Values of headers: where one could not be sent, the error of whoever sends it would quote it. */
export const headerValues = z.record(z.string(), z.string().regex(/^[\t\x20-\x7e]*$/, 'cannot be sent in a header'));

/**
 * The key in a variable, as it can be sent in a header; undefined where it is not set. White space around it is left off.
 * Throws `wrong_key` for what cannot be sent, and does not quote it.
 */
export function keyIn(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const key = env[name]?.trim();
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new TunewrightError('wrong_key', `The environment variable ${name} holds no key alone.`, {
    advice: `Set ${name} to the key and nothing else: it holds a space, a line break or a sign that is not ASCII.`,
  });
}

/** Whether a user or a password stands before an `@`. */
export function hasCredentials(url: string): boolean {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' };
  return username !== '' || password !== '';
}
