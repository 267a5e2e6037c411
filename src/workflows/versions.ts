import { workflowInfo } from '@temporalio/workflow';

/**
 * Options of a workflow that outlives every version of the workers; where they have none the server refuses to be told.
 */
export const ofEveryVersion = () =>
  workflowInfo().currentDeploymentVersion?.deploymentName ? ({ versioningBehavior: 'AUTO_UPGRADE' } as const) : {};
