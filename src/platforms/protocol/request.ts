import { APIConnectionError, APIConnectionTimeoutError } from 'openai';

export interface RequestOptions {
  method: string;
  token: string;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal | undefined;
  timeoutMs: number;
}

/**
 * One plain request, in one attempt, where no client of the platform's does it. Throws as OpenAI's client does where no answer
 * comes, for errors.ts to name, and the caller's own abort as it is.
 */
export async function request(
  address: string | URL,
  { method, token, body, signal, timeoutMs }: RequestOptions,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(address, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    if (timeout.aborted) throw new APIConnectionTimeoutError();
    if (signal?.aborted) throw cause;
    throw new APIConnectionError({ cause: cause as Error });
  }
}
