import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { type FailureDetails, TunewrightError } from '../contract/errors.ts';

/** An error without a name is a fault of ours: it is tried so often, then shown. */
const attemptsOfUnnamed = 5;

/** Turns whatever an activity throws into a failure that Temporal understands: named, retried or not, and when. */
export class NamedFailures implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      const context = Context.current();
      // Rejects with the server's reason: an aborted call must be reported as cancelled, whatever it threw.
      if (context.cancellationSignal.aborted) await context.cancelled;
      throw toFailure(error, context.info.attempt);
    }
  }
}

function toFailure(error: unknown, attempt: number): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (!(error instanceof TunewrightError)) {
    return ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      type: 'internal',
      nonRetryable: attempt >= attemptsOfUnnamed,
      details: [
        { advice: 'This is a fault in tunewright: please report it with the stack trace.' } satisfies FailureDetails,
      ],
      cause: error instanceof Error ? error : undefined,
    });
  }
  const details: FailureDetails = { advice: error.advice, ...(error.status ? { status: error.status } : {}) };
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: error.retry === 'never',
    details: [details],
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    // Waiting is no failure: it must not fill error counts and logs.
    ...(error.code === 'still_pending' ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** Thrown by an activity that looked and found nothing to decide yet: the server calls it again after `afterMs`. */
export function stillPending(message: string, afterMs: number): TunewrightError {
  return new TunewrightError('still_pending', message, {
    advice: 'Nothing: it is looked at again.',
    retry: 'yes',
    retryAfterMs: afterMs,
  });
}
