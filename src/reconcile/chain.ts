import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { runError } from '../client/failures.ts';
import { quoted } from '../client/list.ts';
import { evaluateType } from '../contract/evaluate.ts';
import { progressMemo, workflowType } from '../contract/messages.ts';
import type { RunProgress } from '../contract/run.ts';

/** How an attempt of a run stands; `superseded` is one that was retrained without a result of its own, or a job beside that of the result. */
export type AttemptState =
  | 'running'
  | 'succeeded'
  | 'superseded'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timed out'
  | 'unknown';

interface Execution {
  attempt: number;
  state: Exclude<AttemptState, 'unknown'>;
  /** The job that it goes on with, once it has one. */
  jobId?: string | undefined;
}

/** What Temporal knows of all executions that share a first one. */
export interface Chain {
  /** The workflow id. */
  name: string;
  executions: Execution[];
}

/**
 * The chain that began with this execution; undefined when this namespace does not know it (any more).
 *
 * @param names workflow ids under which it may be found when its first execution is past retention.
 */
export async function findChain(
  client: Client,
  firstRunId: string,
  names: readonly string[],
): Promise<Chain | undefined> {
  const first = await list(client, `RunId = ${quoted(firstRunId)}`);
  for (const name of new Set([...first.map(({ workflowId }) => workflowId), ...names])) {
    const executions = (await describeAll(client, name)).filter(({ firstId }) => firstId === firstRunId);
    if (executions.length > 0) return { name, executions: executions.map(({ execution }) => execution) };
  }
  return undefined;
}

/**
 * How the attempt stands. What is in doubt counts as running: a reset takes a chain back to an earlier attempt, which
 * may come to this one again and then takes up what it left.
 *
 * @param jobId asks for this job of the attempt: a repeated create makes more than one, of which a run keeps one.
 */
export function attemptState(chain: Chain | undefined, attempt: number, jobId?: string): AttemptState {
  const { executions } = chain ?? { executions: [] };
  if (executions.some((one) => one.state === 'running' && one.attempt <= attempt)) return 'running';
  const own = executions.filter((one) => one.attempt === attempt);
  const succeeded = own.filter(({ state }) => state === 'succeeded');
  if (succeeded.length === 0) return own[0]?.state ?? 'unknown';
  const isResult = jobId === undefined || succeeded.some((one) => one.jobId === undefined || one.jobId === jobId);
  return isResult ? 'succeeded' : 'superseded';
}

interface Described {
  firstId: string | null | undefined;
  execution: Chain['executions'][number];
}

/** Every execution that visibility lists under the name, and the current one, which it may not list yet. */
async function describeAll(client: Client, name: string): Promise<Described[]> {
  const listed = await list(client, `WorkflowId = ${quoted(name)}`);
  const found = await Promise.all(
    [undefined, ...listed.map(({ runId }) => runId)].map((id) => describe(client, name, id)),
  );
  return found.filter((one) => one !== undefined);
}

async function describe(client: Client, name: string, runId: string | undefined): Promise<Described | undefined> {
  try {
    const description = await client.workflow.getHandle(name, runId).describe();
    const progress = description.memo?.[progressMemo] as RunProgress | undefined;
    return {
      firstId: description.raw.workflowExecutionInfo?.firstRunId,
      execution: {
        attempt: progress?.attempt ?? 1,
        state: executionState(description, progress),
        jobId: progress?.job?.id,
      },
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw runError(name, error);
  }
}

function executionState(
  { status }: WorkflowExecutionDescription,
  progress: RunProgress | undefined,
): Chain['executions'][number]['state'] {
  switch (status.name) {
    case 'COMPLETED':
      return 'succeeded';
    case 'CONTINUED_AS_NEW':
      return progress?.status === 'succeeded' ? 'succeeded' : 'superseded';
    case 'FAILED':
      return 'failed';
    case 'CANCELLED':
      return 'cancelled';
    case 'TERMINATED':
      return 'terminated';
    case 'TIMED_OUT':
      return 'timed out';
    default:
      return 'running';
  }
}

/** Of runs, and of evaluations without one: those have batches too. */
async function list(client: Client, condition: string): Promise<{ workflowId: string; runId: string }[]> {
  const found: { workflowId: string; runId: string }[] = [];
  const query = `WorkflowType IN (${quoted(workflowType)}, ${quoted(evaluateType)}) AND ${condition}`;
  try {
    for await (const { workflowId, runId } of client.workflow.list({ query })) found.push({ workflowId, runId });
  } catch (error) {
    throw runError('', error);
  }
  return found;
}
