/** Whether the same call can be made again: `never`, `yes`, or `unsure` when it may have had its effect already. */
export type Retry = 'never' | 'yes' | 'unsure';

/** Every failure this software names. Stable: callers branch on these, docs/errors.md explains each. */
export type ErrorCode =
  | 'invalid_config'
  | 'invalid_data'
  | 'source_missing'
  | 'source_unreadable'
  | 'artifact_missing'
  | 'artifact_altered'
  | 'disk_full'
  | 'unknown_connection'
  | 'missing_key'
  | 'wrong_key'
  | 'forbidden'
  | 'training_not_available'
  | 'model_not_found'
  | 'model_not_tunable'
  | 'model_expiring'
  | 'model_unpriced'
  | 'migration_blocked'
  | 'too_few_answers'
  | 'catalogue_drift'
  | 'over_budget'
  | 'over_monthly_budget'
  | 'quota_exhausted'
  | 'rate_limited'
  | 'daily_limit'
  | 'no_capacity'
  | 'platform_unavailable'
  | 'platform_unreachable'
  | 'answer_lost'
  | 'bad_answer'
  | 'not_found'
  | 'refused'
  | 'too_large'
  | 'job_failed'
  | 'job_cancelled'
  | 'contradiction'
  | 'still_pending'
  | 'interrupted'
  | 'evaluation_incomplete'
  | 'approval_needed'
  | 'field_missing'
  | 'no_reference'
  | 'grader_failed'
  | 'grader_not_allowed'
  | 'judge_unreadable'
  | 'run_not_found'
  | 'run_exists'
  | 'run_cancelled'
  | 'temporal_unreachable'
  | 'model_unknown'
  | 'version_unknown'
  | 'version_dead'
  | 'no_champion'
  | 'not_deployed'
  | 'conflict'
  | 'records_unavailable'
  | 'records_newer'
  | 'port_taken'
  | 'internal';

export interface TunewrightErrorOptions {
  /** What the person can do about it, as one sentence. */
  advice: string;
  retry?: Retry;
  /** Milliseconds to wait before the next try, when the other side said so. */
  retryAfterMs?: number;
  /** HTTP status, where one was received. */
  status?: number;
  cause?: unknown;
}

/** The one error class of the project: what happened (`message`, `code`), whether trying again helps, and what to do. */
export class TunewrightError extends Error {
  override readonly name = 'TunewrightError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, options: TunewrightErrorOptions) {
    super(message, { cause: options.cause });
    this.code = code;
    this.advice = options.advice;
    this.retry = options.retry ?? 'never';
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** What of a {@link TunewrightError} crosses Temporal: the single entry of an `ApplicationFailure`'s details. */
export interface FailureDetails {
  advice: string;
  status?: number;
}
