import {
  Client,
  Connection,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { TunewrightError } from '../../contract/errors.ts';
import type { TemporalAddress } from '../../contract/temporal-address.ts';

/** The Temporal namespace in which jobs and deployments are workflows. */
export interface Cluster {
  client: Client;
  /** Runs one call, names its failure, and answers undefined for what is not there. */
  named<T>(what: string, call: () => Promise<T>): Promise<T | undefined>;
}

/** Connects when it is first used. */
export function cluster({ address, namespace, apiKey, tls }: TemporalAddress, timeoutSeconds: number): Cluster {
  const secrets = { ...(apiKey ? { apiKey } : {}), ...(tls === undefined ? {} : { tls }) };
  const client = new Client({ connection: Connection.lazy({ address, ...secrets }), namespace });
  return {
    client,
    async named(what, call) {
      try {
        return await client.withDeadline(Date.now() + timeoutSeconds * 1000, call);
      } catch (cause) {
        if (cause instanceof WorkflowNotFoundError) return undefined;
        if (cause instanceof TunewrightError) throw cause;
        throw new TunewrightError('platform_unavailable', `${what}: Temporal did not answer.`, {
          advice: 'It is looked up and tried again; see that the cluster is up.',
          retry: 'unsure',
          cause,
        });
      }
    },
  };
}

/** What the workflow's one activity has told last, and whether a host has taken it up. */
export function activityOf({ raw }: WorkflowExecutionDescription): {
  started: boolean;
  attempt: number;
  told: unknown;
} {
  const pending = raw.pendingActivities?.[0];
  const payload = pending?.heartbeatDetails?.payloads?.[0];
  return {
    started: pending?.state === pendingActivityStarted || pending?.state === pendingActivityCancelRequested,
    attempt: pending?.attempt ?? 1,
    told: payload ? defaultPayloadConverter.fromPayload(payload) : undefined,
  };
}

/** `PENDING_ACTIVITY_STATE_STARTED` and `…_CANCEL_REQUESTED` of Temporal's API. */
const pendingActivityStarted = 2;
const pendingActivityCancelRequested = 3;

/**
 * A host that works on it hears of it, saves what it has, and ends. Where none does there is nobody to hear: the workflow
 * is ended at once, and a host that takes it up at this moment learns it with its first heartbeat.
 */
export async function stop({ client }: Cluster, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const found = await handle.describe();
  if (found.status.name !== 'RUNNING') return;
  if (activityOf(found).started) await handle.cancel();
  else await handle.terminate('It was cancelled before a host took it up.');
}

/** Why a workflow has failed: the code and message of its innermost failure. */
export async function reasonOf({ client }: Cluster, workflowId: string): Promise<{ code: string; message: string }> {
  try {
    await client.workflow.getHandle(workflowId).result();
    return { code: 'unknown', message: '' };
  } catch (error) {
    let reason: unknown = error instanceof WorkflowFailedError ? error.cause : error;
    while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
    const { type = 'unknown', message = '' } = reason as { type?: string; message?: string };
    return { code: type, message };
  }
}
