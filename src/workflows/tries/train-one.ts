import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  executeChild,
  ParentClosePolicy,
  rootCause,
} from '@temporalio/workflow';
import type { RunConfig } from '../../contract/config.ts';
import type { DataSummary } from '../../contract/run.ts';
import { type Try, type TryEnd, tryType } from '../../contract/tries.ts';
import { activities } from '../activities.ts';
import { type Prices, trainingCost } from '../rules.ts';
import type { Run } from '../run.ts';
import type { Training } from '../train.ts';
import type { trainTry } from './try.ts';

interface Given extends Omit<Training, 'onJob'> {
  number: number;
  config: RunConfig;
}

/** Trains a try as a workflow of its own, and shows what has become of it. */
export async function trainOne(run: Run, shown: Try, given: Given): Promise<void> {
  const { trainingUsd, reason, ...end } = await ended(run, shown, given);
  const { now } = run.progress;
  Object.assign(shown, end, reason ? { says: reason.message } : {});
  if (trainingUsd !== undefined) {
    shown.cost.trainingUsd = trainingUsd;
    now.cost = { ...now.cost, trainingUsd: (now.cost.trainingUsd ?? 0) + trainingUsd };
  }
  run.progress.publish();
}

async function ended(run: Run, { workflow, name }: Try, given: Given): Promise<TryEnd> {
  const { number, config, prices, parts, jobsAtOnce } = given;
  const { train, validation } = parts;
  const data = { ...(run.progress.now.data as DataSummary), warnings: [] };
  const key = `${run.key}-try-${number}`;
  const input = { ...run.input, config };
  try {
    return await executeChild<typeof trainTry>(tryType, {
      workflowId: workflow,
      args: [
        {
          run: run.name,
          number,
          key,
          input,
          data,
          prices,
          jobsAtOnce,
          parts: { train, ...(validation ? { validation } : {}) },
        },
      ],
      staticSummary: `Train ${name} of ${run.name}: ${config.model}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    });
  } catch (error) {
    if (error instanceof CancelledFailure) return { status: 'cancelled' };
    return await CancellationScope.nonCancellable(() => stopLost(run, key, prices, error));
  }
}

/** Somebody has ended the workflow of a try in Temporal: what it left behind at the platform is still paid. */
async function stopLost({ since, input }: Run, key: string, prices: Prices, error: unknown): Promise<TryEnd> {
  const jobs = await activities.stopJobs('Stop the job of a try that is gone', {
    connection: input.config.connection,
    key,
    since,
    trainingFileIds: [],
    jobIds: [],
    all: true,
  });
  const [job] = jobs;
  const message = `Its workflow has ended without a word: ${rootCause(error) ?? String(error)}`;
  return {
    status: 'failed',
    reason: { code: 'internal', message },
    ...(job ? { job } : {}),
    ...trainingCost(jobs, prices),
  };
}
