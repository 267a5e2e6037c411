import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { type ErrorCode, type FailureDetails, TunewrightError } from '../contract/errors.ts';

/** An error without a name is a fault of ours: after so many in a row it is shown. */
const unnamedInARow = 5;

/** From here on something is paid: what an operator can mend must not throw its result away, nor leave it running. */
const afterPaying: ReadonlySet<string> = new Set([
  'waitForJob',
  'stopEarly',
  'warmUp',
  'deployModel',
  'findCheckpoints',
  'choosePrompt',
  'distilModel',
  'stopBatches',
  'evaluateModel',
  'compareModels',
  'registerVersion',
  'promoteVersion',
  'beginDeployment',
  'awaitDeployment',
  'writeReport',
  'stopJobs',
  'removeDeployments',
]);
/** What an operator can mend while it is waited for. */
export const mendableByOperator: ReadonlySet<ErrorCode> = new Set([
  'wrong_key',
  'forbidden',
  'missing_key',
  'unknown_connection',
  'quota_exhausted',
  'disk_full',
  'artifact_missing',
  'artifact_altered',
]);
const tryAgainMs = 60_000;

/** Turns whatever an activity throws into a failure that Temporal understands: named, retried or not, and when. */
export class NamedFailures implements ActivityInboundCallsInterceptor {
  /** Unnamed errors in a row, by activity; an interceptor is made for each attempt, so it is shared. */
  readonly #unnamed: Map<string, number>;

  constructor(unnamed: Map<string, number>) {
    this.#unnamed = unnamed;
  }

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const context = Context.current();
    const { activityId, activityType, workflowExecution } = context.info;
    const id = `${workflowExecution?.runId}/${activityId}`;
    try {
      const result = await next(input);
      this.#unnamed.delete(id);
      return result;
    } catch (error) {
      // Rejects with the server's reason: an aborted call must be reported as cancelled, whatever it threw.
      if (context.cancellationSignal.aborted) await context.cancelled;
      const named = error instanceof TunewrightError;
      const unnamed = named ? 0 : (this.#unnamed.get(id) ?? 0) + 1;
      if (unnamed > 0 && unnamed < unnamedInARow) this.#unnamed.set(id, unnamed);
      else this.#unnamed.delete(id);
      throw toFailure(error, unnamed >= unnamedInARow, afterPaying.has(activityType));
    }
  }
}

function toFailure(error: unknown, shown: boolean, paid: boolean): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (!(error instanceof TunewrightError)) {
    return ApplicationFailure.create({
      message: error instanceof Error ? error.message : String(error),
      type: 'internal',
      nonRetryable: shown,
      details: [
        { advice: 'This is a fault in tunewright: please report it with the stack trace.' } satisfies FailureDetails,
      ],
      cause: error instanceof Error ? error : undefined,
    });
  }
  const waits = paid && mendableByOperator.has(error.code);
  const retryAfterMs = error.retryAfterMs ?? (waits ? tryAgainMs : undefined);
  const details: FailureDetails = { advice: error.advice, ...(error.status ? { status: error.status } : {}) };
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: error.retry === 'never' && !waits,
    details: [details],
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
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
