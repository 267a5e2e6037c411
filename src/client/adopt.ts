import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import {
  type AdoptionProgress,
  type AdoptionRequest,
  type AdoptionResult,
  adoptionName,
  adoptionQuery,
  adoptionType,
} from '../contract/adoption.ts';
import { runError } from './failures.ts';
import { pauseFor } from './pause.ts';

/** An adoption under way. */
export interface AdoptionHandle {
  readonly name: string;
  readonly url: string | undefined;
  /** It was under way already: what it was started with goes on to hold. */
  readonly joined: boolean;
  /** Its progress each time it has changed, until it is over; undefined while no worker tells it. */
  watch(options?: {
    intervalMs?: number;
    signal?: AbortSignal;
  }): AsyncGenerator<AdoptionProgress | undefined, void, void>;
  /** Waits for the end. Throws a `TunewrightError` that names why it failed. */
  result(): Promise<AdoptionResult>;
}

const defaultIntervalMs = 1_000;

/** Starts an adoption, or joins the one of that connection which is under way. Throws `temporal_unreachable`. */
export async function startAdoption(
  client: Client,
  taskQueue: string,
  request: AdoptionRequest,
  url: (name: string) => string | undefined,
): Promise<AdoptionHandle> {
  const name = adoptionName(taskQueue, request.connection);
  let joined = false;
  try {
    await client.workflow.start(adoptionType, {
      workflowId: name,
      taskQueue,
      args: [request],
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `Adopt what ${request.connection ?? 'every connection'} holds`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw runError(name, error);
    joined = true;
  }
  return adoptionHandle(client.workflow.getHandle(name), name, url(name), joined);
}

function adoptionHandle(
  workflow: WorkflowHandle,
  name: string,
  url: string | undefined,
  joined: boolean,
): AdoptionHandle {
  return {
    ...{ name, url, joined },

    async *watch({ intervalMs = defaultIntervalMs, signal } = {}) {
      let last: string | undefined;
      while (!signal?.aborted) {
        const over = (await workflow.describe()).status.name !== 'RUNNING';
        if (over) return;
        // Only a worker can answer; that none does is no reason to stop watching.
        const progress = await workflow.query(adoptionQuery).catch(() => undefined);
        const text = JSON.stringify(progress) ?? '';
        if (text !== last) yield progress;
        last = text;
        await pauseFor(intervalMs, signal);
      }
    },

    async result() {
      try {
        return (await workflow.result()) as AdoptionResult;
      } catch (error) {
        throw runError(name, error);
      }
    },
  };
}
