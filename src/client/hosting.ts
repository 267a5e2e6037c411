import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { keeperName, keeperType, type VersionDeployment } from '../contract/hosting.ts';
import { runError } from './failures.ts';

/** Has a deployment that was written down made and kept, by a workflow of its own; one that is kept stays so. Throws `temporal_unreachable`. */
export async function keepDeployment(
  client: Client,
  taskQueue: string,
  deployment: Pick<VersionDeployment, 'id' | 'name'>,
): Promise<void> {
  const name = keeperName(deployment);
  try {
    await client.workflow.start(keeperType, {
      workflowId: name,
      taskQueue,
      args: [{ id: deployment.id }],
      staticSummary: `Keep ${deployment.name}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw runError(name, error);
  }
}
