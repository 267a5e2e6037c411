import { isNativeError } from 'node:util/types';
import { TunewrightError, type TunewrightErrorOptions } from '../../contract/errors.ts';
import { networkCode, neverSent } from '../network.ts';

/** As the AWS SDK throws them. */
interface AwsFailure extends Error {
  $metadata?: { httpStatusCode?: number };
}

const badKeys = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const denied = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'NotAuthorized',
  'OptInRequired',
]);
const tooMany = new Set([
  'RequestLimitExceeded',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
/** S3's words for what passes; the SDK would try again by itself. */
const passing = new Set([
  'IncompleteBody',
  'OperationAborted',
  'RequestExpired',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'RequestTimeoutException',
]);
const notThere = new Set(['NoSuchBucket', 'NoSuchKey', 'NoSuchUpload', 'NotFound', 'ResourceNotFound']);

/** The one place where AWS's failures get their names; `what` begins the message. Faults of ours stay as they are. */
export function toTunewrightError(what: string, error: unknown, tookTooLong: boolean): unknown {
  if (error instanceof TunewrightError) return error;
  if (tookTooLong) {
    return failure('answer_lost', `${what}: no answer came in time.`, error, {
      advice: 'It is looked up before it is tried again; raise timeoutSeconds if AWS is slow.',
      retry: 'unsure',
    });
  }
  if (!isNativeError(error)) return error;
  const status = (error as AwsFailure).$metadata?.httpStatusCode;
  if (error.name === 'CredentialsProviderError') {
    return failure('missing_key', `${what}: no AWS credentials are found.`, error, {
      advice: 'Log in, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role.',
    });
  }
  const unreadable = error.name === 'SyntaxError' || status !== undefined;
  if (unreadable && (status === undefined || status < 300)) {
    return failure('bad_answer', `${what}: AWS's answer could not be read.`, error, {
      advice: 'It is looked up and tried again; if it stays so, check endpoints and any proxy on the way.',
      retry: 'unsure',
    });
  }
  if (status === undefined) return networkFailure(what, error);
  return statusFailure(what, error, status);
}

function networkFailure(what: string, error: Error): unknown {
  const code = networkCode(error);
  if (code !== undefined && neverSent.has(code)) {
    return failure('platform_unreachable', `${what}: AWS cannot be reached (${code}).`, error, {
      advice: "Check the connection's region, the network and any proxy.",
      retry: 'yes',
    });
  }
  if (code === undefined && error.name !== 'TimeoutError') return error;
  return failure('answer_lost', `${what}: the connection broke before the answer came.`, error, {
    advice: 'It is looked up before it is tried again.',
    retry: 'unsure',
  });
}

const capacityAgainMs = 60_000;

function statusFailure(what: string, error: Error, status: number): TunewrightError {
  const { name } = error;
  const message = `${what}: ${error.message.slice(0, 500)} (HTTP ${status}, ${name})`;
  if (badKeys.has(name)) {
    return failure('wrong_key', message, error, {
      status,
      advice: 'Renew the AWS credentials, or check whose they are.',
    });
  }
  if (status >= 500 || passing.has(name)) {
    return failure('platform_unavailable', message, error, {
      status,
      advice: 'AWS has trouble; it is tried again until it answers.',
      retry: 'unsure',
    });
  }
  if (denied.has(name) || status === 403) {
    return failure('forbidden', message, error, {
      status,
      advice: 'Give whoever the credentials are of the permission that is named.',
    });
  }
  if (tooMany.has(name) || status === 429) {
    return failure('rate_limited', message, error, {
      status,
      advice: 'The run slows down and tries again.',
      retry: 'yes',
    });
  }
  if (name === 'ResourceLimitExceeded') {
    const { limit, wanted } = quotaOf(error.message);
    if (limit !== undefined && wanted > limit) {
      return failure('refused', message, error, { status, advice: 'Ask AWS for a higher quota of the instance type.' });
    }
    // More than the account may have at once: others end.
    return failure('no_capacity', message, error, {
      status,
      advice: 'It is tried again every minute; ask AWS for a higher quota of the instance type.',
      retry: 'yes',
      retryAfterMs: capacityAgainMs,
    });
  }
  // SageMaker says so of what is not there, with the name of a request that is wrong.
  if (
    notThere.has(name) ||
    status === 404 ||
    (name === 'ValidationException' && /not (be )?(found|find)|does not exist/i.test(message))
  ) {
    return failure('not_found', message, error, { status: 404, advice: 'It is not (or no longer) at AWS.' });
  }
  return failure('refused', message, error, { status, advice: 'Mend what AWS names and start again.' });
}

/** `… is 1 Instances, with current utilization of 1 Instances and a request delta of 1 Instances.` */
export function quotaOf(message: string): { limit?: number; wanted: number } {
  const [, limit] = /service limit .* is (\d+) Instances/.exec(message) ?? [];
  const [, wanted = 1] = /request delta of (\d+) Instances/.exec(message) ?? [];
  return { ...(limit === undefined ? {} : { limit: Number(limit) }), wanted: Number(wanted) };
}

function failure(
  code: TunewrightError['code'],
  message: string,
  cause: unknown,
  options: Omit<TunewrightErrorOptions, 'cause'>,
): TunewrightError {
  return new TunewrightError(code, message, { ...options, cause });
}

/** Whether AWS refused something with an error of that name. */
export function isAws(error: unknown, name: string, message = /(?:)/): boolean {
  return (
    error instanceof TunewrightError &&
    isNativeError(error.cause) &&
    error.cause.name === name &&
    message.test(error.cause.message)
  );
}

const busyAgainMs = 5_000;

/** Of what is removed once something else is over. */
export function busy(name: string, cause?: unknown): TunewrightError {
  return failure('still_pending', `The endpoint ${name} is being made or removed just now.`, cause, {
    advice: 'It is removed once that is over: try again in some minutes.',
    retry: 'yes',
    retryAfterMs: busyAgainMs,
  });
}
