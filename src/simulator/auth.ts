import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors.ts';

/** Checks the bearer key of a request; with no list of keys any non-empty key will do. Throws a 401. */
export function checkApiKey(header: string | undefined, keys: string[] | undefined): void {
  const key = bearer(header);
  if (!key) {
    throw new ApiError(
      401,
      "You didn't provide an API key. Send it in an Authorization header using Bearer auth (Authorization: Bearer YOUR_KEY).",
      { code: 'invalid_api_key' },
    );
  }
  if (keys && !keys.some((known) => sameSecret(known, key))) {
    const shown = key.length > 12 ? `${key.slice(0, 8)}***${key.slice(-4)}` : '***';
    throw new ApiError(401, `Incorrect API key provided: ${shown}.`, { code: 'invalid_api_key' });
  }
}

/** Admin routes: the admin token where one is set, otherwise only callers on this machine. Throws a 401 or 403. */
export function checkAdmin(header: string | undefined, token: string | undefined, address: string | undefined): void {
  if (token !== undefined) {
    if (!sameSecret(token, bearer(header) ?? ''))
      throw new ApiError(401, 'Wrong admin token.', { code: 'invalid_admin_token' });
    return;
  }
  const local = address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
  if (!local) throw new ApiError(403, 'Admin routes answer only this machine unless an admin token is set.');
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1];
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
