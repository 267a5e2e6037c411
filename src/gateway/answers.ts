import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, TunewrightError } from '../contract/errors.ts';

/** Status of each error that a route for models can answer with; any other is a fault of the gateway. */
const statuses: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid_config: 400,
  wrong_key: 401,
  forbidden: 403,
  model_unknown: 404,
  version_unknown: 404,
  no_champion: 404,
  version_dead: 409,
  conflict: 409,
  not_deployed: 409,
  too_large: 413,
  records_unavailable: 503,
  records_newer: 503,
  disk_full: 503,
};

/** An error as the command line prints it with `--json`. */
export interface ErrorAnswer {
  error: { code: ErrorCode; message: string; advice: string };
}

export function statusOf(error: unknown): ContentfulStatusCode {
  return (error instanceof TunewrightError ? statuses[error.code] : undefined) ?? 500;
}

/** What is not known by name is for the gateway's log, not for the caller. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof TunewrightError && statuses[error.code] !== undefined) {
    const { code, message, advice } = error;
    return { error: { code, message, advice } };
  }
  const advice = 'Try again; the log of the gateway tells more.';
  return { error: { code: 'internal', message: 'The gateway could not do this.', advice } };
}

export function answerError(c: Context, error: unknown): Response {
  const status = statusOf(error);
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  if (status === 503) c.header('Retry-After', '1');
  return c.json(errorAnswer(error), status);
}
