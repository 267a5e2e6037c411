import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  rootCause,
} from '@temporalio/workflow';
import type { ErrorCode, FailureDetails } from '../contract/errors.ts';
import type { RunProgress } from '../contract/run.ts';

export type Reason = NonNullable<RunProgress['reason']>;

/** A failure by name, of which trying again is no help. */
export function namedFailure(code: ErrorCode, message: string, advice: string): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: true,
    details: [{ advice } satisfies FailureDetails],
  });
}

/** Why an evaluation ends that is cancelled by itself, whatever its activities failed with at that moment. */
export function evaluationEnded(): CancelledFailure {
  return new CancelledFailure('The evaluation was told to end.');
}

/** Its name, message and advice, whatever has thrown it. */
export function failureOf(error: unknown): Reason {
  const failure = causeOf(error);
  if (failure instanceof ApplicationFailure) {
    const details = failure.details?.[0] as FailureDetails | undefined;
    return {
      code: (failure.type ?? 'internal') as ErrorCode,
      message: failure.message,
      ...(details ? { advice: details.advice } : {}),
    };
  }
  return { code: 'internal', message: rootCause(error) ?? String(error) };
}

/** What an activity failed with, in this workflow or in one that it has begun. */
export function causeOf(error: unknown): unknown {
  const around = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return around && error.cause !== undefined ? causeOf(error.cause) : error;
}
