import type { WorkflowStartOptions } from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import { inputMemo, workflowType } from '../contract/messages.ts';
import type { FineTuneInput } from '../contract/run.ts';
import type { fineTune } from '../workflows/index.ts';

/** One line that tells a run from the others in the Web UI. */
export function runSummary({ config }: FineTuneInput): string {
  return `Tune ${config.model} on ${config.data.train} (${config.connection})`;
}

/**
 * A name is used once: even after a run is over, another one must not be taken for it.
 *
 * @param memo what whoever starts it wants to find there again
 */
export function workflowStart(
  name: string,
  taskQueue: string,
  input: FineTuneInput,
  memo: Readonly<Record<string, unknown>> = {},
): [workflow: string, options: WorkflowStartOptions<typeof fineTune>] {
  return [
    workflowType,
    {
      workflowId: name,
      taskQueue,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: runSummary(input),
      memo: { ...memo, [inputMemo]: input },
      priority: priorityOf(input),
    },
  ];
}

/** Where tasks queue up Temporal serves urgent runs first, and base models in turns. */
function priorityOf({ config }: FineTuneInput): Priority {
  return { priorityKey: config.priority, fairnessKey: config.model.slice(0, longestFairnessKey) };
}

/** Bytes that Temporal takes. */
const longestFairnessKey = 64;
