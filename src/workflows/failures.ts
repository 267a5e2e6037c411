import { ApplicationFailure } from '@temporalio/workflow';
import type { ErrorCode, FailureDetails } from '../contract/errors.ts';

/** A failure by name, of which trying again is no help. */
export function namedFailure(code: ErrorCode, message: string, advice: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: true,
    details: [{ advice } satisfies FailureDetails],
  });
}
