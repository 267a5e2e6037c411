import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { keeperName, keeperType } from '../contract/hosting.ts';
import { activities } from './activities.ts';
import type { keepDeployment } from './keep-deployment.ts';
import type { Run } from './run.ts';

interface Wanted {
  model: string;
  version: number;
  by: string;
}

/** Brings a version's deployment up and sees it answer; false when it does not come up and a person gives that up. */
export async function deployed(run: Run, wanted: Wanted): Promise<boolean> {
  const { model, version } = wanted;
  for (;;) {
    try {
      const deployment = await activities.beginDeployment(`Deploy version ${version} of ${model}`, wanted);
      if (!deployment) return true;
      await keep(deployment);
      await activities.awaitDeployment(`Wait until ${deployment.name} answers`, deployment);
      return true;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      const choice = await run.control.ask({
        code: 'not_deployed',
        message: error.cause?.message ?? error.message,
        choices: [
          { name: 'again', does: 'Deploys the version again.' },
          { name: 'keep', does: 'Leaves the champion as it is; the version stays registered.' },
        ],
      });
      if (choice === 'keep') return false;
    }
  }
}

/** Its keeper outlives this run: whatever becomes of the run, what stands is removed by rule. */
async function keep({ id, name }: { id: string; name: string }): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() =>
      startChild<typeof keepDeployment>(keeperType, {
        workflowId: keeperName({ id, name }),
        args: [{ id }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Keep ${name}`,
      }),
    );
  } catch (error) {
    // It is kept already.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
