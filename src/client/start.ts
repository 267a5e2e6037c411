import type { WorkflowStartOptions } from '@temporalio/client';
import { inputMemo, workflowType } from '../contract/messages.ts';
import type { FineTuneInput } from '../contract/run.ts';
import type { fineTune } from '../workflows/index.ts';

/** One line that tells a run from the others in the Web UI. */
export function runSummary({ config }: FineTuneInput): string {
  return `Tune ${config.model} on ${config.data.train} (${config.connection})`;
}

/** A name is used once: even after a run is over, another one must not be taken for it. */
export function workflowStart(
  name: string,
  taskQueue: string,
  input: FineTuneInput,
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
      memo: { [inputMemo]: input },
    },
  ];
}
