import { workflowInfo } from '@temporalio/workflow';
import type { MigrationPlan } from '../../contract/migration.ts';
import { tell } from '../telling.ts';

/** Tells what a schedule will do with a model, and how to stop it. */
export async function tellPlanned(plan: MigrationPlan, begins: string): Promise<void> {
  const { model, from, to, estimateUsd, notes } = plan;
  const { workflowId: migration, runId } = workflowInfo();
  await tell(`Tell that ${model} will be carried over`, {
    event: 'migration_planned',
    id: `${runId}-planned`,
    ...{ model, migration, begins, notes },
    message: `Version ${from.version} of "${model}" will be carried to ${to.connection}/${to.baseModel} from ${begins} on; \`tunewright cancel ${migration} --reason TEXT\` stops that.`,
    ...(estimateUsd === undefined ? {} : { estimateUsd }),
  });
}

/** Tells that a schedule cannot carry a model over. */
export async function tellBlocked(
  model: string,
  what: string,
  { message, advice }: { message: string; advice?: string },
): Promise<void> {
  await tell(`Tell that ${model} cannot be carried over`, {
    event: 'migration_blocked',
    id: `${what}-blocked`,
    ...{ model, message, advice: advice ?? '' },
  });
}
