import {
  ActivityFailure,
  continueAsNew,
  isCancellation,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { activities } from './activities.ts';

/** Keeps one deployment of a version from before it is made until it is seen gone: made, made again, removed by rule. */
export async function keepDeployment({ id }: { id: string }): Promise<void> {
  try {
    await activities.keepDeployment('Keep the deployment', { id });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    // A fault of ours, which may be mended by then: what stands is paid until somebody removes it.
    await sleep('10 minutes');
    await continueAsNew<typeof keepDeployment>({ id });
  }
}
// It outlives every version of the workers; where they have none the server refuses to be told.
setWorkflowOptions(
  () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  keepDeployment,
);
