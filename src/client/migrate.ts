import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { parseRunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { cancelSignal } from '../contract/messages.ts';
import {
  blockedBy,
  type MigrationInput,
  type MigrationPlan,
  type MigrationProgress,
  type MigrationRequest,
  type MigrationResult,
  migrationName,
  migrationPlanType,
  migrationQuery,
  migrationType,
} from '../contract/migration.ts';
import { runError } from './failures.ts';
import type { RunHandle } from './handle.ts';
import { type WatchOptions, watchQuery } from './query.ts';

/** A migration under way. */
export interface MigrationHandle {
  readonly name: string;
  readonly url: string | undefined;
  /** It was under way already: what it was started with goes on to hold. */
  readonly joined: boolean;
  /** Its progress each time it has changed, until it is over; undefined while no worker tells it. */
  watch(options?: WatchOptions): AsyncGenerator<MigrationProgress | undefined, void, void>;
  /** Waits until its run has begun. Throws by name where it ends before, and the signal's reason when that is aborted. */
  run(options?: WatchOptions): Promise<RunHandle>;
  /** Waits for the end of its run. Throws a `TunewrightError` that names why it failed or was cancelled. */
  result(): Promise<MigrationResult>;
  /** Cancels its run with it. Returns when that is asked for, not done. */
  cancel(reason: string): Promise<void>;
}

interface Context {
  client: Client;
  taskQueue: string;
  url(name: string): string | undefined;
  get(run: string): RunHandle;
}

/** Asks a worker what carrying a model over comes to; nothing is paid. Throws `model_unknown`, `no_champion`, `temporal_unreachable`. */
export async function planMigration(
  client: Client,
  taskQueue: string,
  request: MigrationRequest,
): Promise<MigrationPlan> {
  const name = `plan-migration-${request.model}-${randomUUID().slice(0, 8)}`;
  try {
    return await client.workflow.execute(migrationPlanType, {
      workflowId: name,
      taskQueue,
      args: [request],
      staticSummary: `Plan ${request.model} on ${request.connection}/${request.baseModel}`,
    });
  } catch (error) {
    throw runError(name, error);
  }
}

/**
 * Starts a migration, or joins the one of that model which is under way. Throws `migration_blocked` for a plan that has
 * obstacles, `invalid_config`, `temporal_unreachable`.
 */
export async function startMigration(
  context: Context,
  request: MigrationRequest,
  plan: MigrationPlan | undefined,
): Promise<MigrationHandle> {
  const { client, taskQueue } = context;
  const { model, connection, baseModel } = request;
  const name = migrationName(taskQueue, model);
  const input: MigrationInput = { taskQueue, request, ...(plan ? { plan: checked(plan) } : {}) };
  let joined = false;
  try {
    await client.workflow.start(migrationType, {
      workflowId: name,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `Carry ${model} over to ${connection}/${baseModel}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw runError(name, error);
    joined = true;
  }
  return migrationHandle(client.workflow.getHandle(name), name, joined, context);
}

function migrationHandle(
  workflow: WorkflowHandle,
  name: string,
  joined: boolean,
  { url, get }: Context,
): MigrationHandle {
  const named = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw runError(name, error);
    }
  };
  const watch = (options?: WatchOptions) => watchQuery(workflow, migrationQuery, options);
  const result = async () => {
    try {
      return (await workflow.result()) as MigrationResult;
    } catch (error) {
      throw withReason(name, runError(name, error));
    }
  };
  return {
    ...{ name, url: url(name), joined, watch, result },

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
}

/** A workflow that closes as cancelled keeps no message; its run has the reason. */
function withReason(name: string, error: unknown): unknown {
  if (!(error instanceof TunewrightError && error.cause instanceof CancelledFailure)) return error;
  const advice = 'Its run tells why and what was spent; the same command begins it again.';
  return new TunewrightError('run_cancelled', `The migration ${name} was cancelled.`, { advice, cause: error });
}

function checked(plan: MigrationPlan): MigrationPlan {
  if (plan.config) return { ...plan, config: parseRunConfig(plan.config) };
  const { message, advice } = blockedBy(plan);
  throw new TunewrightError('migration_blocked', message, { advice });
}
