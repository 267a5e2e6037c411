/** An answer in OpenAI's error shape: `{ error: { message, type, param, code } }`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    more: { type?: string; param?: string; code?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = more.type ?? 'invalid_request_error';
    this.param = more.param ?? null;
    this.code = more.code ?? null;
    this.headers = more.headers ?? {};
  }

  /** The answer for this error. */
  toResponse(): Response {
    return Response.json(errorBody(this), { status: this.status, headers: this.headers });
  }
}

/** The JSON body of an error answer. */
export function errorBody(error: { message: string; type: string; param: string | null; code: string | null }) {
  const { message, type, param, code } = error;
  return { error: { message, type, param, code } };
}

/** 400 for a wrong parameter. */
export function badRequest(message: string, param?: string, code?: string): ApiError {
  return new ApiError(400, message, { ...(param && { param }), ...(code && { code }) });
}

/** 404 for an object that does not exist. */
export function notFound(message: string, param?: string, code?: string): ApiError {
  return new ApiError(404, message, { ...(param && { param }), ...(code && { code }) });
}

/** The 404 of an unknown, deleted, not yet ready or shut down model. */
export function modelNotFound(model: string): ApiError {
  return notFound(
    `The model \`${model}\` does not exist or you do not have access to it.`,
    undefined,
    'model_not_found',
  );
}
