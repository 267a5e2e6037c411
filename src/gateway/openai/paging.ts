import type { Context } from 'hono';
import { refused } from './errors.ts';

/** How many the caller wants at once. Throws a 400. */
export function pageSize(c: Context, usual: number, most: number): number {
  const limit = Number(c.req.query('limit') ?? usual);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw refused(`limit is no whole number from 1 to ${most}.`, 'limit');
}

/** The part of a list behind `after`, as OpenAI's API pages. */
export function page<T extends { id: string }>(all: readonly T[], limit: number, after: string | undefined) {
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  return { object: 'list', data: all.slice(from, from + limit), has_more: all.length > from + limit };
}
