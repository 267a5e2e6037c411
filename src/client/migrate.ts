import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { type MigrationPlan, type MigrationRequest, migrationPlanType } from '../contract/migration.ts';
import { runError } from './failures.ts';

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
