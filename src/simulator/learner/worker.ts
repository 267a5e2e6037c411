import { parentPort } from 'node:worker_threads';
import { TrainingDataError } from './examples.ts';
import { runTraining } from './run-training.ts';
import type { TrainEvent, TrainOrder } from './types.ts';

/** The thread of one training after another; `train.ts` starts it, and counts it as free after the null. */
parentPort?.on('message', async ({ request, flag }: TrainOrder) => {
  try {
    for await (const event of runTraining(request, flag)) parentPort?.postMessage(event);
  } catch (error) {
    parentPort?.postMessage(toEvent(error));
  }
  parentPort?.postMessage(null);
});

function toEvent(error: unknown): TrainEvent {
  const message = error instanceof Error ? error.message : String(error);
  const line = error instanceof TrainingDataError ? error.line : undefined;
  return { type: 'error', message, ...(line === undefined ? {} : { line }) };
}
