import type { Client, WorkflowHandle } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';
import {
  cancelSignal,
  decideUpdate,
  inputMemo,
  pauseUpdate,
  resumeUpdate,
  retrainUpdate,
} from '../contract/messages.ts';
import { nextAttempt } from '../contract/next-attempt.ts';
import { parseRetrainRequest, type RetrainInput } from '../contract/retrain.ts';
import type { DecidedBy, FineTuneInput, RunProgress, RunResult } from '../contract/run.ts';
import { namedAs } from './failures.ts';
import { look } from './live.ts';
import { pauseFor } from './pause.ts';
import { withTries } from './tries.ts';

/** A run: to look at, wait for, steer. */
export interface RunHandle {
  readonly name: string;
  /** The run in the Temporal Web UI, where its address is known. */
  readonly url: string | undefined;
  /** Where the run is now, with live metrics. Throws `run_not_found`. */
  progress(): Promise<RunProgress>;
  /** The run's progress each time it has changed, until it is over; breaking off the loop leaves the run alone. */
  watch(options?: { intervalMs?: number; signal?: AbortSignal }): AsyncGenerator<RunProgress, void, void>;
  /** Waits for the end. Throws a `TunewrightError` that names why it failed or was cancelled. */
  result(): Promise<RunResult>;
  /** Stops the job, removes what was uploaded, records what was spent. Returns when that is asked for, not done. */
  cancel(reason: string): Promise<void>;
  /** Stops before the next stage, or pauses the job that trains. Throws `refused` saying why not. */
  pause(): Promise<string>;
  resume(): Promise<string>;
  /** Answers a parked run's question by the name of a choice. Throws `refused` naming the choices. */
  decide(choice: string, person?: DecidedBy): Promise<string>;
  /** Trains again with changes: a living run continues under its name, of a finished one a linked run is started. */
  retrain(request: RetrainInput): Promise<RunHandle>;
}

interface HandleContext {
  client: Client;
  url(name: string): string | undefined;
  /** Starts the linked run of a finished one. */
  startLinked(input: FineTuneInput): Promise<RunHandle>;
}

const defaultIntervalMs = 1_000;

export function runHandle(name: string, context: HandleContext): RunHandle {
  const workflow: WorkflowHandle = context.client.workflow.getHandle(name);
  const named = async <T>(call: () => Promise<T>): Promise<T> => await namedAs(name, call);

  const now = async () => {
    const { description, progress } = await named(() => look(context.client, name));
    return { description, progress: await withTries(context.client, progress) };
  };

  /** A workflow that closes as cancelled keeps no message: the run's own reason is in its memo. */
  async function withReason(error: unknown): Promise<unknown> {
    if (!(error instanceof TunewrightError && error.code === 'run_cancelled')) return error;
    const { progress } = await now();
    const { advice, cause } = error;
    return new TunewrightError('run_cancelled', progress.reason?.message ?? error.message, { advice, cause });
  }

  const handle: RunHandle = {
    name,
    url: context.url(name),

    async progress() {
      return (await now()).progress;
    },

    async *watch({ intervalMs = defaultIntervalMs, signal } = {}) {
      let last = '';
      while (!signal?.aborted) {
        const { description, progress } = await now();
        const text = JSON.stringify(progress);
        if (text !== last) yield progress;
        last = text;
        if (description.status.name !== 'RUNNING') return;
        await pauseFor(intervalMs, signal);
      }
    },

    async result() {
      try {
        return await named(async () => (await workflow.result()) as RunResult);
      } catch (error) {
        throw await withReason(error);
      }
    },

    async cancel(reason) {
      await named(async () => {
        await workflow.signal(cancelSignal, { reason });
        // The signal carries the reason, Temporal's own request makes the workflow close as cancelled.
        await workflow.cancel();
      });
    },

    pause: async () => await named(() => workflow.executeUpdate(pauseUpdate)),
    resume: async () => await named(() => workflow.executeUpdate(resumeUpdate)),

    decide: async (choice, person = {}) =>
      await named(() => workflow.executeUpdate(decideUpdate, { args: [choice, person] })),

    async retrain(input) {
      const request = parseRetrainRequest(input);
      const { status, memo } = await named(() => workflow.describe());
      if (status.name === 'RUNNING') {
        await named(() => workflow.executeUpdate(retrainUpdate, { args: [request] }));
        return handle;
      }
      const earlier = memo?.[inputMemo] as FineTuneInput | undefined;
      if (!earlier) {
        throw new TunewrightError('run_not_found', `The configuration of "${name}" is not kept any more.`, {
          advice: 'Start a run with its configuration file.',
        });
      }
      const { job, runId } = await handle.progress();
      const parent = { name, runId, ...(job?.model ? { model: job.model } : {}) };
      return await context.startLinked(nextAttempt(earlier, request.changes, parent));
    },
  };
  return handle;
}
