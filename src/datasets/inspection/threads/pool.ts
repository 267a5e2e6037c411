import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

const script = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
/** So long a thread without work is kept: its tables and its compiled code serve the next file of a run. */
const keptMs = 10_000;
const mostKept = 3;

const kept = new Map<Worker, NodeJS.Timeout>();

/** One that has worked before, or a new one. It keeps the process going. */
export function takeThread(): Worker {
  const [worker] = kept.keys();
  if (!worker) return new Worker(script);
  forget(worker);
  silence(worker);
  worker.ref();
  return worker;
}

/** Takes back a thread that has answered all that it was asked. It keeps no process going. */
export async function keepThread(worker: Worker): Promise<void> {
  silence(worker);
  if (kept.size >= mostKept) {
    await worker.terminate();
    return;
  }
  worker.once('exit', () => forget(worker)).once('error', () => forget(worker));
  worker.unref();
  const ending = setTimeout(() => {
    forget(worker);
    void worker.terminate();
  }, keptMs);
  kept.set(worker, ending.unref());
}

function forget(worker: Worker): void {
  clearTimeout(kept.get(worker));
  kept.delete(worker);
}

/** By name: with all listeners its own would go that start and stop its port. */
function silence(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}
