import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { activities } from '../activities.ts';

/** Tells what carrying a model to another platform comes to: the run that does it is started by whoever has read that. */
export async function planMigration(request: MigrationRequest): Promise<MigrationPlan> {
  const { model, connection, baseModel } = request;
  return await activities.planMigration(`Plan ${model} on ${connection}/${baseModel}`, request);
}
