import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import {
  type AdoptionProgress,
  type AdoptionRequest,
  type AdoptionResult,
  adoptionName,
  adoptionQuery,
  adoptionType,
} from '../contract/adoption.ts';
import { namedAs, runError } from './failures.ts';
import { type WatchOptions, watchQuery } from './query.ts';

/** An adoption under way. */
export interface AdoptionHandle {
  readonly name: string;
  readonly url: string | undefined;
  /** It was under way already: what it was started with goes on to hold. */
  readonly joined: boolean;
  /** Its progress each time it has changed, until it is over; undefined while no worker tells it. */
  watch(options?: WatchOptions): AsyncGenerator<AdoptionProgress | undefined, void, void>;
  /** Waits for the end. Throws a `TunewrightError` that names why it failed. */
  result(): Promise<AdoptionResult>;
}

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

    watch: (options) => watchQuery(workflow, adoptionQuery, options),

    result: async () => await namedAs(name, async () => (await workflow.result()) as AdoptionResult),
  };
}
