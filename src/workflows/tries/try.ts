import {
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
} from '@temporalio/workflow';
import { progressQuery, tryBegunSignal } from '../../contract/messages.ts';
import type { DataSummary, FineTuneInput, JobSummary } from '../../contract/run.ts';
import type { TryEnd } from '../../contract/tries.ts';
import { Control } from '../control.ts';
import { windUp } from '../ending.ts';
import { freeSlot } from '../fleet.ts';
import { Progress } from '../progress.ts';
import { newRun, type Run } from '../run.ts';
import { type Training, train } from '../train.ts';

export interface TryInput extends Omit<Training, 'onJob'> {
  /** The run's name, and the try's number in it, from 1. */
  run: string;
  number: number;
  /** Every remote create of the try carries it. */
  key: string;
  /** The run's, with what this one is trained by. */
  input: FineTuneInput;
  data: DataSummary;
}

/**
 * Trains one of the bases or parameters that a run tries. It never fails: what became of it is told to the run, which goes on
 * with the others. Cancelled, it stops its job and sees it stopped.
 */
export async function trainTry({ run: name, number, key, input, data, ...training }: TryInput): Promise<TryEnd> {
  const progress = new Progress(input);
  const control = new Control(progress);
  setHandler(progressQuery, () => progress.now);
  const run = newRun({ name, input, progress, control, key });
  run.prices = training.prices;
  progress.now.data = data;
  const onJob = async (job: JobSummary) => await tellRun(name, number, job);

  let trouble: string | undefined;
  try {
    await control.scope.run(async () => await train(run, { ...training, onJob }));
    progress.end('succeeded');
  } catch (error) {
    const stopped = await CancellationScope.nonCancellable(() => windUp(run, error));
    if (!stopped) trouble = progress.now.reason?.message;
  }
  await CancellationScope.nonCancellable(() => freeSlot(run));
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return { ...endOf(run), ...(trouble ? { trouble } : {}) };
}

function endOf({ progress: { now } }: Run): TryEnd {
  const { status, job, earlyStop, cost, reason } = now;
  return {
    status: status === 'succeeded' ? 'trained' : status === 'cancelled' ? 'cancelled' : 'failed',
    ...(job ? { job } : {}),
    ...(earlyStop ? { earlyStop } : {}),
    ...(cost.trainingUsd === undefined ? {} : { trainingUsd: cost.trainingUsd }),
    ...(reason ? { reason: { code: reason.code, message: reason.message } } : {}),
  };
}

async function tellRun(name: string, number: number, job: JobSummary): Promise<void> {
  try {
    await getExternalWorkflowHandle(name).signal(tryBegunSignal, { number, job });
  } catch {
    // Somebody has ended the run: its tries are cancelled then.
  }
}
