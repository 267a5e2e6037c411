import { parentPort, workerData } from 'node:worker_threads';
import { TrainingDataError } from './examples.ts';
import { runTraining } from './run-training.ts';
import type { TrainEvent, TrainRequest } from './types.ts';

/** The thread of one training; `train.ts` starts it. */
const { request, flag }: { request: TrainRequest; flag: Int32Array } = workerData;

function toEvent(error: unknown): TrainEvent {
  const message = error instanceof Error ? error.message : String(error);
  const line = error instanceof TrainingDataError ? error.line : undefined;
  return { type: 'error', message, ...(line === undefined ? {} : { line }) };
}

try {
  for await (const event of runTraining(request, flag)) parentPort?.postMessage(event);
} catch (error) {
  parentPort?.postMessage(toEvent(error));
}
