import type { Client } from '@temporalio/client';
import { workflowType } from '../contract/messages.ts';
import type { RunProgress, RunStatus } from '../contract/run.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import { runError } from './failures.ts';
import { lastTold } from './live.ts';

export interface ListOptions {
  status?: RunStatus;
  /** The base model's id. */
  model?: string;
  /** At most so many; 100 when absent. */
  limit?: number;
}

/** Runs by visibility, those that go on before those that are over, newest first, each as it last described itself. */
export async function* listRuns(
  client: Client,
  { status, model, limit = 100 }: ListOptions = {},
): AsyncGenerator<RunProgress, void, void> {
  const conditions = [
    // A run that was retrained goes on in its latest execution.
    `WorkflowType = ${quoted(workflowType)} AND ExecutionStatus != "ContinuedAsNew"`,
    status && withStatus(status),
    model && `${searchAttributes.model.name} = ${quoted(model)}`,
  ];
  let left = limit;
  try {
    for await (const run of client.workflow.list({ query: conditions.filter(Boolean).join(' AND ') })) {
      if (left-- <= 0) return;
      yield lastTold(run);
    }
  } catch (error) {
    throw runError('', error);
  }
}

/** A run that no worker has taken up has told no status yet, and one that Temporal has ended could not tell it any more. */
function withStatus(status: RunStatus): string {
  const told = `${searchAttributes.status.name} = ${quoted(status)}`;
  if (status === 'failed') return `(${told} OR ExecutionStatus IN ("Terminated", "TimedOut"))`;
  const here = status === 'running' ? `(${told} OR ${searchAttributes.status.name} IS NULL)` : told;
  return `${here} AND ExecutionStatus NOT IN ("Terminated", "TimedOut")`;
}

/** Names of the runs that wait for a job. */
export async function runsOfJob(client: Client, jobId: string): Promise<string[]> {
  const query = `${searchAttributes.job.name} = ${quoted(jobId)} AND ExecutionStatus = "Running"`;
  const names: string[] = [];
  for await (const run of client.workflow.list({ query })) names.push(run.workflowId);
  return names;
}

/** A literal of the list filter; quotes and backslashes in user input must not end it. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
