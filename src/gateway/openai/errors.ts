import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, TunewrightError } from '../../contract/errors.ts';
import { statusOf } from '../answers.ts';

/** An error in the words of OpenAI's API, which official clients turn into their own classes by its status. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string | null;
  readonly param: string | null;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    { code = null, param = null, cause }: { code?: string | null; param?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** Codes of OpenAI's own for what its clients know. */
const codes: Partial<Record<string, string>> = {
  wrong_key: 'invalid_api_key',
  model_unknown: 'model_not_found',
  no_champion: 'model_not_found',
};

/** Of what only runs and the artifact store say. */
const statuses: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  refused: 400,
  run_not_found: 404,
  artifact_missing: 404,
  temporal_unreachable: 503,
};

/** Any error as an {@link ApiError}; what is not known by name is told to the gateway's log alone. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const status = (error instanceof TunewrightError ? statuses[error.code] : undefined) ?? statusOf(error);
  if (!(error instanceof TunewrightError) || status === 500) {
    return new ApiError(500, 'The gateway could not do this; its log tells more.', { code: 'internal', cause: error });
  }
  const { code, message, advice } = error;
  return new ApiError(status, `${message} ${advice}`, { code: codes[code] ?? code, cause: error });
}

export function answerApiError(c: Context, { status, message, code, param }: ApiError): Response {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return c.json({ error: { message, type, param, code } }, status);
}

export function modelNotFound(model: string): ApiError {
  const message =
    `The model "${model}" is neither a registered model, nor the id of a version of one, nor CONNECTION/MODEL of a ` +
    'connection of this gateway.';
  return new ApiError(404, message, { code: 'model_not_found', param: 'model' });
}

export function tooLarge(bytes: number): ApiError {
  return new ApiError(413, `The body is larger than ${bytes / 1024 / 1024} MiB.`, { code: 'too_large' });
}

export function refused(message: string, param: string | null, code = 'invalid_value'): ApiError {
  return new ApiError(400, message, { code, param });
}
