import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { type EvaluateRequestInput, parseEvaluateRequest } from '../contract/config.ts';
import { type EvaluateRequest, type EvaluateResult, evaluateType } from '../contract/evaluate.ts';
import type { StageProgress } from '../contract/run.ts';
import { namedAs } from './failures.ts';
import { liveOf } from './live.ts';
import { pauseFor } from './pause.ts';

/** An evaluation without a run. */
export interface EvaluationHandle {
  readonly name: string;
  /** In the Temporal Web UI, where its address is known. */
  readonly url: string | undefined;
  /** How far it has come, each time that has changed, until it is over. */
  watch(options?: { intervalMs?: number; signal?: AbortSignal }): AsyncGenerator<StageProgress, void, void>;
  /** Waits for the end. Throws a `TunewrightError` that names why it failed or was cancelled. */
  result(): Promise<EvaluateResult>;
  /** Returns when that is asked for, not done; what was answered is kept. */
  cancel(): Promise<void>;
}

const defaultIntervalMs = 1_000;

/** Starts an evaluation. Throws `invalid_config`, `temporal_unreachable`. */
export async function startEvaluation(
  client: Client,
  taskQueue: string,
  input: EvaluateRequestInput,
  url: (name: string) => string | undefined,
): Promise<EvaluationHandle> {
  const request: EvaluateRequest = parseEvaluateRequest(input);
  const name = `evaluate-${randomUUID().slice(0, 8)}`;
  await namedAs(name, async () => {
    const staticSummary = `Evaluate ${request.models.join(', ')} on ${request.data}`;
    await client.workflow.start(evaluateType, { workflowId: name, taskQueue, args: [request], staticSummary });
  });
  return evaluationHandle(client, name, url);
}

/** An evaluation that was started; nothing is asked yet. */
export function evaluationHandle(
  client: Client,
  name: string,
  url: (name: string) => string | undefined,
): EvaluationHandle {
  const workflow = client.workflow.getHandle(name);
  const named = async <T>(call: () => Promise<T>): Promise<T> => await namedAs(name, call);
  return {
    name,
    url: url(name),

    async *watch({ intervalMs = defaultIntervalMs, signal } = {}) {
      let last = '';
      while (!signal?.aborted) {
        const description = await named(() => workflow.describe());
        const live = liveOf(description.raw.pendingActivities ?? []);
        const text = JSON.stringify(live) ?? '';
        if (live && text !== last) yield live;
        last = text;
        if (description.status.name !== 'RUNNING') return;
        await pauseFor(intervalMs, signal);
      }
    },

    result: async () => await named(async () => (await workflow.result()) as EvaluateResult),
    cancel: async () => await named(async () => void (await workflow.cancel())),
  };
}
