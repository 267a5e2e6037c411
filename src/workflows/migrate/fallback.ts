import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild } from '@temporalio/workflow';
import {
  type Fallback,
  type MigrationPlan,
  migrationName,
  type RetirementInput,
  retirementName,
  retirementType,
} from '../../contract/migration.ts';
import type { Registered } from '../../contract/run.ts';
import type { retireVersion } from './retire.ts';

/** Has the version that was replaced retired when its platform shuts it down; until then it can be rolled back to. */
export async function keepFallback(
  { version, shutdownDate }: MigrationPlan['from'],
  registered: Registered | undefined,
  taskQueue: string,
): Promise<Fallback | undefined> {
  if (!registered?.promoted || shutdownDate === undefined) return undefined;
  const { name: model } = registered;
  const by = migrationName(taskQueue, model);
  const input: RetirementInput = { model, version, shutdownDate, by };
  const retirement = retirementName(taskQueue, input);
  try {
    await startChild<typeof retireVersion>(retirementType, {
      workflowId: retirement,
      args: [input],
      parentClosePolicy: 'ABANDON',
      staticSummary: `Retire version ${version} of ${model} when it is shut down on ${shutdownDate}`,
    });
  } catch (error) {
    // An earlier migration away from that version waits for the same day.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { version, until: shutdownDate, retirement };
}
