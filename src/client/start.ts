import type { WorkflowStartOptions } from '@temporalio/client';
import { inputMemo, workflowType } from '../contract/messages.ts';
import type { FineTuneInput } from '../contract/run.ts';
import { runPriority, runSummary } from '../contract/run-start.ts';
import type { fineTune } from '../workflows/index.ts';

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
      priority: runPriority(input),
    },
  ];
}
