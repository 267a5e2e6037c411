import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild, workflowInfo } from '@temporalio/workflow';
import {
  type Fallback,
  type MigrationPlan,
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
): Promise<Fallback | undefined> {
  if (!registered?.promoted || shutdownDate === undefined) return undefined;
  const { taskQueue, workflowId: by } = workflowInfo();
  const input: RetirementInput = { model: registered.name, version, shutdownDate, by };
  const retirement = retirementName(taskQueue, input);
  try {
    await startChild<typeof retireVersion>(retirementType, {
      workflowId: retirement,
      args: [input],
      parentClosePolicy: 'ABANDON',
      staticSummary: `Retire version ${version} of ${registered.name} when it is shut down on ${shutdownDate}`,
    });
  } catch (error) {
    // An earlier migration away from that version waits for the same day.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return { version, until: shutdownDate, retirement };
}
