import { isNativeError } from 'node:util/types';
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { z } from 'zod';
import { TunewrightError, type TunewrightErrorOptions } from '../../contract/errors.ts';
import { networkCode, neverSent } from '../network.ts';

/** Runs one call and maps whatever it throws; what the caller's signal aborted is rethrown as it is. */
export async function named<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof APIUserAbortError) throw error;
    throw toTunewrightError(what, error);
  }
}

/** The one place where this platform's failures get their names; `what` begins the message. Faults of ours stay as they are. */
export function toTunewrightError(what: string, error: unknown): unknown {
  if (error instanceof TunewrightError) return error;
  if (error instanceof APIConnectionTimeoutError) {
    return failure('answer_lost', `${what}: no answer came in time.`, {
      advice: 'It is looked up before it is tried again; raise timeoutSeconds if the platform is slow.',
      retry: 'unsure',
      cause: error,
    });
  }
  if (error instanceof APIConnectionError) return connectionFailure(what, error);
  if (error instanceof APIError && error.status !== undefined) return statusFailure(what, error);
  if (isNamed(error, 'SyntaxError') || error instanceof z.ZodError) {
    return failure('bad_answer', `${what}: the platform's answer could not be read.`, {
      advice: 'It is looked up and tried again; if it stays so, check baseURL and any proxy on the way.',
      retry: 'unsure',
      cause: error,
    });
  }
  // An answer that breaks off while it is read: fetch throws a bare TypeError, with the socket's error as its cause.
  if (networkCode(error) !== undefined || (isNamed(error, 'TypeError') && error.message === 'terminated')) {
    return failure('answer_lost', `${what}: the connection broke while the answer was read.`, {
      advice: 'It is looked up before it is tried again.',
      retry: 'unsure',
      cause: error,
    });
  }
  return error;
}

function connectionFailure(what: string, error: APIConnectionError): TunewrightError {
  const code = networkCode(error);
  if (code !== undefined && neverSent.has(code)) {
    return failure('platform_unreachable', `${what}: the platform cannot be reached (${code}).`, {
      advice: "Check the connection's baseURL, the network and any proxy.",
      retry: 'yes',
      cause: error,
    });
  }
  return failure('answer_lost', `${what}: the connection broke before the answer came.`, {
    advice: 'It is looked up before it is tried again.',
    retry: 'unsure',
    cause: error,
  });
}

function statusFailure(what: string, error: APIError): TunewrightError {
  const status = error.status as number;
  const code = error.code ?? '';
  const message = `${what}: ${reason(error)}`;
  const common = { status, cause: error, retryAfterMs: retryAfterMs(error.headers, Date.now()) };
  switch (true) {
    case status === 401:
      return failure('wrong_key', message, {
        ...common,
        advice: "Check the connection's key, organization and project.",
      });
    case code === 'training_not_available':
      return failure('training_not_available', message, {
        ...common,
        advice: 'This account can create no fine-tuning jobs here: use a connection to another platform.',
      });
    case status === 403:
      return failure('forbidden', message, {
        ...common,
        advice: 'The key lacks the permission: ask the account owner.',
      });
    case code === 'model_not_found':
      return failure('model_not_found', message, {
        ...common,
        advice: 'Check the model name and the account it belongs to.',
      });
    case status === 404:
      return failure('not_found', message, { ...common, advice: 'It is not (or no longer) at the platform.' });
    case status === 408:
      return failure('answer_lost', message, {
        ...common,
        advice: 'It is looked up before it is tried again.',
        retry: 'unsure',
      });
    case status === 413:
      return failure('too_large', message, { ...common, advice: 'Make the request smaller.' });
    case status === 429:
      return tooMany(message, error, common);
    case refusals.has(status):
      return failure('refused', message, { ...common, advice: 'Mend what the platform names and start again.' });
    default:
      return failure('platform_unavailable', message, {
        ...common,
        advice: 'The platform has trouble; it is tried again until it answers.',
        retry: 'unsure',
      });
  }
}

/** That the request itself is wrong. Any other status may come from something on the way, and is no reason to give up. */
const refusals: ReadonlySet<number> = new Set([400, 402, 405, 406, 410, 411, 412, 414, 415, 422, 428, 431, 451]);

const anHourMs = 3_600_000;
const noMoney = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

function tooMany(
  message: string,
  { code, type }: APIError,
  common: Omit<TunewrightErrorOptions, 'advice'>,
): TunewrightError {
  if (noMoney.has(code ?? '') || noMoney.has(type ?? '')) {
    return failure('quota_exhausted', message, {
      ...common,
      advice: "Raise the account's limit or add credit, then start the run again.",
    });
  }
  if (code === 'daily_rate_limit_exceeded') {
    return failure('daily_limit', message, {
      ...common,
      advice: 'The daily limit of jobs is used up; the run waits and tries again every hour.',
      retry: 'yes',
      retryAfterMs: common.retryAfterMs ?? anHourMs,
    });
  }
  if (/\bRequest too large\b/.test(message)) {
    return failure('too_large', message, { ...common, advice: 'Make the request smaller, or raise the limit.' });
  }
  return failure('rate_limited', message, {
    ...common,
    advice: 'The run slows down and tries again.',
    retry: 'yes',
  });
}

function failure(...args: ConstructorParameters<typeof TunewrightError>): TunewrightError {
  return new TunewrightError(...args);
}

/** The platform's own sentence, cut short: an HTML page must not fill a message. */
function reason(error: APIError): string {
  const body = error.error as { message?: unknown } | undefined;
  const text = typeof body?.message === 'string' ? body.message : error.message;
  const plain = /<html|<!doctype/i.test(text) ? 'an HTML page instead of an answer' : text;
  return `${withoutKeys(plain).slice(0, 500)} (HTTP ${error.status}${error.code ? `, ${error.code}` : ''})`;
}

/** Platforms quote the key they refuse: it must not get into a history or a log. */
function withoutKeys(text: string): string {
  return text.replace(/\bBearer\s+\S+|\b(?:sk|key)-[\w*-]+/gi, '[key]');
}

/** `retry-after-ms`, or `retry-after` as seconds or as a date, in milliseconds. The SDK ignores what is over 60 s. */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') || Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const header = headers?.get('retry-after');
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const date = Date.parse(header);
  // By the clock of whoever says so, where it tells it: this machine's may be wrong.
  const since = Date.parse(headers?.get('date') ?? '') || now;
  return Number.isNaN(date) ? undefined : Math.max(0, date - since);
}

function isNamed(error: unknown, name: string): error is Error {
  return isNativeError(error) && error.name === name;
}
