import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sourceError } from '../../artifacts/failures.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { ExamineOptions } from '../examine.ts';
import type { Packed } from './pack.ts';
import type { Range } from './range.ts';

const script = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
const usualRangeBytes = 2 * 1024 * 1024;
/** What a thread is ahead by waits in memory for those before it. */
const aheadOfEach = 4;

/** What a thread is started with. */
export interface Task {
  fd: number;
  options: ExamineOptions;
}

/** What it answers. */
export type Told = { packed: Packed } | { unreadable: string | undefined };

export interface RangesOptions {
  fd: number;
  bytes: number;
  /** How the person knows the file. */
  name: string;
  threads: number;
  examine: ExamineOptions;
  signal?: AbortSignal | undefined;
  rangeBytes?: number | undefined;
}

/**
 * The ranges of an open file as threads have examined them, in the order of the file, with where each ends. Throws
 * `source_unreadable`, `internal` where a thread ends before its time, and what the signal says.
 */
export async function* examinedRanges(options: RangesOptions): AsyncGenerator<Packed & { to: number }> {
  const { fd, bytes, name, threads: count, examine, signal, rangeBytes = usualRangeBytes } = options;
  const rangeOf = (index: number): Range => ({
    from: index * rangeBytes,
    to: Math.min(bytes, (index + 1) * rangeBytes),
  });
  const ranges = Math.ceil(bytes / rangeBytes);
  const done = new Map<number, Packed>();
  const idle: Worker[] = [];
  let [taken, given] = [0, 0];
  let change = expected();
  const fail = (reason: unknown) => change.reject(reason);
  const aborted = () => fail(signal?.reason);

  const threads = Array.from({ length: Math.min(count, ranges) }, () => {
    const task: Task = { fd, options: examine };
    return new Worker(script, { workerData: task });
  });
  const take = () => {
    while (taken < ranges && taken < given + aheadOfEach * threads.length) {
      const thread = idle.pop();
      if (!thread) return;
      const index = taken++;
      thread.once('message', (told: Told) => {
        if ('unreadable' in told) return fail(sourceError(name, { code: told.unreadable }));
        done.set(index, told.packed);
        idle.push(thread);
        take();
        change.resolve();
      });
      thread.postMessage(rangeOf(index));
    }
  };

  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', aborted, { once: true });
    for (const thread of threads) {
      thread.on('error', (cause) => fail(lost(name, cause)));
      thread.on('exit', () => fail(lost(name)));
      idle.push(thread);
    }
    take();
    while (given < ranges) {
      signal?.throwIfAborted();
      const packed = done.get(given);
      if (packed) {
        done.delete(given);
        yield { ...packed, to: rangeOf(given).to };
        given += 1;
        if (packed.stopped) return;
        take();
      } else {
        await change.promise;
        change = expected();
      }
    }
  } finally {
    signal?.removeEventListener('abort', aborted);
    await Promise.all(threads.map(async (thread) => await thread.terminate()));
  }
}

/** What fails while nobody waits is told to whoever waits next. */
function expected(): PromiseWithResolvers<void> {
  const change = Promise.withResolvers<void>();
  change.promise.catch(() => undefined);
  return change;
}

function lost(name: string, cause?: unknown): TunewrightError {
  const memory = (cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const why = memory ? 'for want of memory' : 'before its time';
  return new TunewrightError('internal', `A thread that read ${name} ended ${why}.`, {
    advice: 'Try again, with --threads 1 on the command line where it happens again.',
    retry: 'yes',
    cause,
  });
}
