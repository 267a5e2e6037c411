import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { parseRunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import {
  blockedBy,
  type MigrationPlan,
  type MigrationRequest,
  migrationPlanType,
  migrationType,
} from '../contract/migration.ts';
import { checkMigrationRequest } from '../contract/migration-request.ts';
import { migrationStart } from '../contract/migration-start.ts';
import { namedAs, runError } from './failures.ts';
import { type MigrationContext, type MigrationHandle, migrationHandle } from './migration.ts';

/** A migration that was begun, or was under way already: then what it was started with goes on to hold. */
export interface StartedMigration extends MigrationHandle {
  readonly joined: boolean;
}

interface Context extends MigrationContext {
  taskQueue: string;
}

/** Asks a worker what carrying a model over comes to; nothing is paid. Throws `invalid_config`, `model_unknown`, `no_champion`, `temporal_unreachable`. */
export async function planMigration(
  client: Client,
  taskQueue: string,
  request: MigrationRequest,
): Promise<MigrationPlan> {
  checkMigrationRequest(request);
  const name = `plan-migration-${request.model}-${randomUUID().slice(0, 8)}`;
  return await namedAs(name, () =>
    client.workflow.execute(migrationPlanType, {
      workflowId: name,
      taskQueue,
      args: [request],
      staticSummary: `Plan ${request.model} on ${request.connection}/${request.baseModel}`,
    }),
  );
}

/**
 * Starts a migration, or joins the one of that model which is under way. Throws `migration_blocked` for a plan that has
 * obstacles, `invalid_config`, `temporal_unreachable`.
 */
export async function startMigration(
  context: Context,
  request: MigrationRequest,
  plan: MigrationPlan | undefined,
): Promise<StartedMigration> {
  const { client, taskQueue } = context;
  checkMigrationRequest(request);
  const start = migrationStart({ taskQueue, request, ...(plan ? { plan: checked(plan) } : {}) });
  const name = start.workflowId;
  let joined = false;
  try {
    await client.workflow.start(migrationType, { ...start, taskQueue, workflowIdConflictPolicy: 'FAIL' });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw runError(name, error);
    joined = true;
  }
  return { ...migrationHandle(name, context), joined };
}

function checked(plan: MigrationPlan): MigrationPlan {
  if (plan.config) return { ...plan, config: parseRunConfig(plan.config) };
  const { message, advice } = blockedBy(plan);
  throw new TunewrightError('migration_blocked', message, { advice });
}
