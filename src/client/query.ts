import type { WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { pauseFor } from './pause.ts';

export interface WatchOptions {
  intervalMs?: number;
  signal?: AbortSignal;
}

const defaultIntervalMs = 1_000;

/** What a workflow answers to a query each time that has changed, until it is over; undefined while no worker tells it. */
export async function* watchQuery<T>(
  workflow: WorkflowHandle,
  query: QueryDefinition<T>,
  { intervalMs = defaultIntervalMs, signal }: WatchOptions = {},
): AsyncGenerator<T | undefined, void, void> {
  let last: string | undefined;
  while (!signal?.aborted) {
    const over = (await workflow.describe()).status.name !== 'RUNNING';
    if (over) return;
    // Only a worker can answer; that none does is no reason to stop watching.
    const answer = await workflow.query(query).catch(() => undefined);
    const text = JSON.stringify(answer) ?? '';
    if (text !== last) yield answer;
    last = text;
    await pauseFor(intervalMs, signal);
  }
}
