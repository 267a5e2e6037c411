import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { describeIssues } from '../../contract/issues.ts';
import { answerApiError, refused, tooLarge } from './errors.ts';

const largest = 1024 * 1024;

/** For routes whose body is parsed. */
export const smallBody = bodyLimit({ maxSize: largest, onError: (c) => answerApiError(c, tooLarge(largest)) });

/** A JSON body of that shape. Throws a 400 that names every problem. */
export async function jsonOf<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const param = parsed.error.issues[0]?.path.join('.') || null;
  throw refused(`The body is not valid: ${describeIssues(parsed.error)}`, param);
}
