import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, NamespaceNotFoundError, TerminatedFailure } from '@temporalio/common';
import { type ErrorCode, type FailureDetails, TunewrightError } from '../contract/errors.ts';
import { noNamespace, refusedByTemporal, unreachable } from '../contract/temporal-address.ts';

/** Names whatever the Temporal client throws about a run. */
export function runError(name: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new TunewrightError('run_not_found', `There is no run "${name}", or it is over.`, {
      advice: '`tunewright list` shows the runs.',
      cause: error,
    });
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return new TunewrightError('run_exists', `A run named "${name}" exists already.`, {
      advice: 'Choose another name, or let one be chosen.',
      cause: error,
    });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new TunewrightError('temporal_unreachable', `The run "${name}" has not answered in time.`, {
      advice: 'Check that a worker is up, and look at the run: it may yet do what it was told.',
      retry: 'yes',
      cause: error,
    });
  }
  if (error instanceof NamespaceNotFoundError) return noNamespace(error.namespace, error);
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError) {
    return failureError(name, error.cause);
  }
  return error instanceof ServiceError ? serviceError(error) : error;
}

/** Calls, and names what that throws as {@link runError} does. */
export async function namedAs<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw runError(name, error);
  }
}

/** gRPC status codes, https://grpc.io/docs/guides/status-codes/ */
const deadlineExceeded = 4;
const permissionDenied = 7;
const unavailable = 14;
const unauthenticated = 16;

/** Names what the server itself has said, or that it says nothing; anything else is left as it is. */
export function serviceError(error: ServiceError, address = 'the configured address'): unknown {
  const { code, details } = (error.cause ?? {}) as { code?: number; details?: string };
  if (code === unavailable || code === deadlineExceeded) return unreachable(address, error);
  if (code !== permissionDenied && code !== unauthenticated) return error;
  return refusedByTemporal(details ?? error.message, error);
}

function failureError(name: string, cause: unknown): TunewrightError {
  const failure = innermost(cause);
  if (failure instanceof ApplicationFailure) {
    const details = failure.details?.[0] as FailureDetails | undefined;
    return new TunewrightError((failure.type ?? 'internal') as ErrorCode, failure.message, {
      advice: details?.advice ?? `\`tunewright show ${name}\` tells more.`,
      cause,
    });
  }
  const message = failure instanceof Error ? failure.message : 'The run ended without a reason.';
  const cancelled = failure instanceof CancelledFailure || failure instanceof TerminatedFailure;
  return new TunewrightError(cancelled ? 'run_cancelled' : 'internal', message, {
    advice: `\`tunewright show ${name}\` tells what was spent; \`tunewright retrain ${name}\` starts it again.`,
    cause,
  });
}

/** An update that fails in an activity wraps the named failure once more. */
function innermost(error: unknown): unknown {
  if (error instanceof ApplicationFailure || !(error instanceof Error) || !(error.cause instanceof Error)) return error;
  return innermost(error.cause);
}
