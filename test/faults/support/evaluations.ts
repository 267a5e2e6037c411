import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];
type Scheduled = NonNullable<Event['activityTaskScheduledEventAttributes']>;
type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** Whose an activity is, and what it is called there: those of a run's evaluation, a workflow of its own, are the run's. */
export function placeOf(workflowId: string, activityId: string): { run: string; activityId: string } {
  const [run = '', evaluation] = workflowId.split('/');
  return { run, activityId: evaluation === undefined ? activityId : `evaluation-${activityId}` };
}

/** The activities of a run in their order, those of its evaluations where these began. */
export async function scheduledOf(temporal: Client, workflowId: string): Promise<Scheduled[]> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const parts = (events ?? []).map(async (event) => {
    const { activityTaskScheduledEventAttributes: own, childWorkflowExecutionStartedEventAttributes: begun } = event;
    if (begun) return await scheduledOf(temporal, begun.workflowExecution?.workflowId ?? '');
    return own ? [{ ...own, activityId: placeOf(workflowId, String(own.activityId)).activityId }] : [];
  });
  return (await Promise.all(parts)).flat();
}

/** The activities under way of a run and of its evaluations, each with the workflow that has begun it. */
export async function pendingOf(
  { workflow }: Client,
  run: string,
): Promise<{ over: boolean; pending: (Pending & { workflowId: string })[] }> {
  const { raw, status } = await workflow.getHandle(run).describe();
  const own = { workflowId: run, activities: raw.pendingActivities };
  const begun = (raw.pendingChildren ?? []).map(async (child) => {
    const workflowId = child.workflowId ?? '';
    return { workflowId, activities: (await workflow.getHandle(workflowId).describe()).raw.pendingActivities };
  });
  const all = [own, ...(await Promise.all(begun))];
  const pending = all.flatMap(({ workflowId, activities }) =>
    (activities ?? []).map((activity) => ({ ...activity, workflowId })),
  );
  return { over: status.name !== 'RUNNING', pending };
}
