import { setTimeout } from 'node:timers/promises';
import { cpuSeconds } from './usage.ts';
import type { WorkerProcess } from './worker-process.ts';

/** One worker over time, that may be killed and started again: its memory, and what it uses of the processor. */
export interface WatchedWorker {
  readonly kills: number;
  /** Of all its processes together. */
  cpuSeconds(): Promise<number>;
  /** Mean resident memory in bytes, from one share of the time it was watched to another. */
  memory(from: number, to: number): number;
  /** Rejects when it dies of itself or cannot be started again; never resolves. */
  failed: Promise<never>;
  /** Ends the killing and the watching; resolves once a worker that was being started runs. */
  leaveAlone(): Promise<void>;
}

const sampleEveryMs = 500;

interface Starter {
  startWorker(entry: 'built'): Promise<WorkerProcess>;
}

/** @param killEveryMs from one SIGKILL to the next; the worker is started again at once */
export async function startWatchedWorker(world: Starter, killEveryMs: number): Promise<WatchedWorker> {
  const stop = new AbortController();
  const { signal } = stop;
  const samples: number[] = [];
  let worker = await world.startWorker('built');
  let kills = 0;
  let earlier = 0;

  async function sample(): Promise<void> {
    while (!signal.aborted) {
      // Between a kill and the next start there is nothing to see.
      const bytes = await worker.residentBytes().catch(() => undefined);
      if (bytes) samples.push(bytes);
      await pause(sampleEveryMs, signal);
    }
  }
  async function killing(): Promise<void> {
    for (let at = Date.now() + killEveryMs; !signal.aborted; at += killEveryMs) {
      await pause(at - Date.now(), signal);
      if (signal.aborted) return;
      earlier += await cpuSeconds(worker.pid);
      await worker.kill();
      kills += 1;
      worker = await world.startWorker('built');
    }
  }
  const doing = [sample(), ...(Number.isFinite(killEveryMs) ? [killing()] : [])];
  const failed = Promise.race([Promise.all(doing), ...(doing.length === 1 ? [worker.died] : [])]).then(
    () => new Promise<never>(() => {}),
  );
  failed.catch(() => {});

  return {
    get kills() {
      return kills;
    },
    cpuSeconds: async () => earlier + (await cpuSeconds(worker.pid)),
    memory(from, to) {
      const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
      return part.reduce((sum, bytes) => sum + bytes, 0) / part.length;
    },
    failed,
    async leaveAlone() {
      stop.abort();
      await Promise.all(doing);
    },
  };
}

/** Ends early when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.max(0, ms), undefined, { signal }).catch(() => {});
}
