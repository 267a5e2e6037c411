import { ReadableStream } from 'node:stream/web';
import { Worker } from 'node:worker_threads';
import { PAUSED, RUNNING } from './pacer.ts';
import type { TrainEvent, TrainOrder, TrainRequest } from './types.ts';

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

/** Starting a thread costs more than a small training does: so many that have nothing to do are kept. */
const keptThreads = 2;
const freeThreads: Worker[] = [];

/** Starts a training. Never throws: what goes wrong is an `error` event, which is then the last. */
export function startTraining(request: TrainRequest): TrainingHandle {
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = freeThreads.pop() ?? new Worker(WORKER);
  const set = (value: number) => {
    Atomics.store(flag, 0, value);
    Atomics.notify(flag, 0);
  };
  let open = true;
  let close = () => {};
  // A thread that was handed back may be busy with another training.
  let mine = true;
  const end = () => {
    if (mine) void worker.terminate();
    mine = false;
  };
  const events = new ReadableStream<TrainEvent>({
    start(controller) {
      close = () => {
        if (open) controller.close();
        open = false;
      };
      worker.on('message', (event: TrainEvent | null) => {
        if (event !== null) return open && controller.enqueue(event);
        close();
        if (mine) release(worker);
        mine = false;
      });
      worker.on('error', (error) => open && controller.enqueue({ type: 'error', message: error.message }));
      worker.on('exit', close);
    },
    cancel() {
      open = false;
      end();
    },
  });
  worker.ref();
  worker.postMessage({ request, flag } satisfies TrainOrder);
  const stop = () => {
    close();
    end();
  };
  return { events, pause: () => set(PAUSED), resume: () => set(RUNNING), stop };
}

/** Keeps a thread whose training has ended for the next one; it holds no process open. */
function release(worker: Worker): void {
  // By name: the class needs listeners of its own.
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
  if (freeThreads.length >= keptThreads) return void worker.terminate();
  worker.unref();
  freeThreads.push(worker);
}
