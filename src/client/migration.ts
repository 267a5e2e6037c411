import type { Client } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { TunewrightError } from '../contract/errors.ts';
import { cancelSignal, inputMemo } from '../contract/messages.ts';
import {
  type MigrationInput,
  type MigrationPlan,
  type MigrationProgress,
  type MigrationRequest,
  type MigrationResult,
  migrationQuery,
} from '../contract/migration.ts';
import { namedAs, runError } from './failures.ts';
import type { RunHandle } from './handle.ts';
import { closedAs } from './live.ts';
import { type WatchOptions, watchQuery } from './query.ts';

/** Where a migration is, and how it has ended. */
export interface MigrationState {
  name: string;
  status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** ISO times. */
  startedAt: string;
  endedAt?: string;
  request: MigrationRequest;
  /** Absent until it is made. */
  plan?: MigrationPlan;
  /** Absent while no worker tells it. */
  progress?: MigrationProgress;
  result?: MigrationResult;
  /** Why it failed or was cancelled, and what to do. */
  reason?: { code: string; message: string; advice: string };
}

/** A migration: to look at, wait for, cancel. */
export interface MigrationHandle {
  readonly name: string;
  readonly url: string | undefined;
  /** Throws `run_not_found`. */
  state(): Promise<MigrationState>;
  /** Its progress each time it has changed, until it is over; undefined while no worker tells it. */
  watch(options?: WatchOptions): AsyncGenerator<MigrationProgress | undefined, void, void>;
  /** Waits until its run has begun. Throws by name where it ends before, and the signal's reason when that is aborted. */
  run(options?: WatchOptions): Promise<RunHandle>;
  /** Waits for the end of its run. Throws a `TunewrightError` that names why it failed or was cancelled. */
  result(): Promise<MigrationResult>;
  /** Cancels its run with it. Returns when that is asked for, not done. */
  cancel(reason: string): Promise<void>;
}

export interface MigrationContext {
  client: Client;
  url(name: string): string | undefined;
  get(run: string): RunHandle;
}

export function migrationHandle(name: string, { client, url, get }: MigrationContext): MigrationHandle {
  const workflow = client.workflow.getHandle(name);
  const named = async <T>(call: () => Promise<T>): Promise<T> => await namedAs(name, call);
  const watch = (options?: WatchOptions) => watchQuery(workflow, migrationQuery, options);
  const result = async () => {
    try {
      return (await workflow.result()) as MigrationResult;
    } catch (error) {
      throw withReason(name, runError(name, error));
    }
  };
  return {
    ...{ name, url: url(name), watch, result },

    async state() {
      const { status, startTime, closeTime, memo } = await named(() => workflow.describe());
      const input = memo?.[inputMemo] as MigrationInput | undefined;
      if (!input) throw notKept(name);
      const { request, plan: confirmed } = input;
      // Only a worker can answer; what it was started with is known without one.
      const progress = await workflow.query(migrationQuery).catch(() => undefined);
      const plan = progress?.plan ?? confirmed;
      const closed = closedAs[status.name];
      return {
        ...{ name, status: closed ?? 'running', startedAt: startTime.toISOString(), request },
        ...(closeTime ? { endedAt: closeTime.toISOString() } : {}),
        ...(plan ? { plan } : {}),
        ...(progress ? { progress } : {}),
        ...(closed ? await ended() : {}),
      };
    },

    async run(options) {
      for await (const progress of watch(options)) if (progress?.run) return get(progress.run);
      options?.signal?.throwIfAborted();
      return get((await result()).run);
    },

    async cancel(reason) {
      await named(async () => {
        await workflow.signal(cancelSignal, { reason });
        // The signal carries the reason, Temporal's own request makes the workflow close as cancelled.
        await workflow.cancel();
      });
    },
  };

  async function ended(): Promise<Pick<MigrationState, 'result' | 'reason'>> {
    try {
      return { result: await result() };
    } catch (error) {
      if (!(error instanceof TunewrightError)) throw error;
      const { code, message, advice } = error;
      return { reason: { code, message, advice } };
    }
  }
}

/** A workflow that closes as cancelled keeps no message; its run has the reason. */
function withReason(name: string, error: unknown): unknown {
  if (!(error instanceof TunewrightError && error.cause instanceof CancelledFailure)) return error;
  const advice = 'Its run tells why and what was spent; the same command begins it again.';
  return new TunewrightError('run_cancelled', `The migration ${name} was cancelled.`, { advice, cause: error });
}

/** Of a workflow that was started by none of ours. */
function notKept(name: string): TunewrightError {
  return new TunewrightError('run_not_found', `What the migration ${name} was started with is not kept.`, {
    advice: "Temporal's Web UI shows it.",
  });
}
