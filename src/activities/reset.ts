import { activityInfo, getClient } from '@temporalio/activity';
import proto from '@temporalio/proto';

const { WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW: reset } = proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

/**
 * Whether somebody has reset the workflow to before this activity: it may have had its effect in what was thrown away.
 * The server marks the point with a failed workflow task.
 */
export async function wasReset(): Promise<boolean> {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) return false;
  const { workflowId, runId } = workflowExecution;
  const { events } = await getClient().workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).some((event) => event.workflowTaskFailedEventAttributes?.cause === reset);
}
