import { ReadableStream } from 'node:stream/web';
import { Worker } from 'node:worker_threads';
import { PAUSED, RUNNING } from './pacer.ts';
import type { TrainEvent, TrainRequest } from './types.ts';

/** A training under way in a thread of its own. */
export interface TrainingHandle {
  /** Every event in order, kept until read; for one reader. Leaving the loop early stops the training. */
  events: AsyncIterable<TrainEvent>;
  /** Holds the training at its next step. */
  pause(): void;
  /** Lets a paused training go on; time spent paused does not count towards `paceMs`. */
  resume(): void;
  /** Ends the training at once, paused or not, and `events` after what was reported before; checkpoints stay whole. */
  stop(): void;
}

/** The compiler rewrites the endings of imports, but not of this. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** Starts a training. Never throws: what goes wrong is an `error` event, which is then the last. */
export function startTraining(request: TrainRequest): TrainingHandle {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(WORKER, { workerData: { request, flag } });
  const set = (value: number) => {
    Atomics.store(flag, 0, value);
    Atomics.notify(flag, 0);
  };
  let open = true;
  let close = () => {};
  const events = new ReadableStream<TrainEvent>({
    start(controller) {
      close = () => {
        if (open) controller.close();
        open = false;
      };
      worker.on('message', (event: TrainEvent) => open && controller.enqueue(event));
      worker.on('error', (error) => open && controller.enqueue({ type: 'error', message: error.message }));
      worker.on('exit', close);
    },
    cancel() {
      open = false;
      void worker.terminate();
    },
  });
  const stop = () => {
    close();
    void worker.terminate();
  };
  return { events, pause: () => set(PAUSED), resume: () => set(RUNNING), stop };
}
