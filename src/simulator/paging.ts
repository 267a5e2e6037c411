import type { Context } from 'hono';
import { badRequest } from './errors.ts';
import type { ListQuery, Store, StoredRecord } from './store.ts';

/** One page of a cursor list. */
interface Page<T> {
  data: T[];
  hasMore: boolean;
}

/** Reads `limit` and `after` from the URL and one page of records from the store. Throws a 400 for bad values. */
export function readPage<T extends StoredRecord>(
  c: Context,
  store: Store,
  kind: string,
  options: { defaultLimit: number; maxLimit: number; query?: ListQuery },
): Page<T> {
  const limit = readLimit(c, options.defaultLimit, options.maxLimit);
  const after = c.req.query('after');
  if (after && !store.get(kind, after)) throw badRequest(`Invalid 'after': no object with id '${after}'.`, 'after');
  const rows = store.list<T>(kind, { ...options.query, limit: limit + 1, ...(after && { after }) });
  return { data: rows.slice(0, limit), hasMore: rows.length > limit };
}

function readLimit(c: Context, fallback: number, max: number): number {
  const text = c.req.query('limit');
  if (text === undefined) return fallback;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw badRequest(`Invalid 'limit': expected an integer between 1 and ${max}, but got '${text}' instead.`, 'limit');
  }
  return limit;
}
