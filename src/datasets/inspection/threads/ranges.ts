import { setImmediate } from 'node:timers/promises';
import { sourceError } from '../../../artifacts/failures.ts';
import { TunewrightError } from '../../../contract/errors.ts';
import { type VocabularyTables, vocabularyTables } from '../../bpe/kernel.ts';
import { usualEncoding } from '../../tokens.ts';
import { type ExamineOptions, examiner } from '../examine.ts';
import type { Packed } from './pack.ts';
import { keepThread, takeThread } from './pool.ts';
import { examineRange, type Range } from './range.ts';

const usualRangeBytes = 2 * 1024 * 1024;
/** So many are given to a thread before it answers: it need not wait for this one, which is at a range of its own. */
const givenAtOnce = 2;
/** What a thread is ahead by waits in memory for those before it. */
const aheadOfEach = 4;

/** What a thread is told of a file. */
export interface Task {
  fd: number;
  options: ExamineOptions;
  vocabulary: VocabularyTables;
}

/** What it answers. */
export type Told = { packed: Packed } | { unreadable: string | undefined };

export interface RangesOptions {
  fd: number;
  bytes: number;
  /** How the person knows the file. */
  name: string;
  /** This one among them. */
  threads: number;
  examine: ExamineOptions;
  signal?: AbortSignal | undefined;
  rangeBytes?: number | undefined;
}

/**
 * The ranges of an open file as this thread and others have examined them, in the order of the file, with where each ends.
 * Throws `source_unreadable`, `internal` where a thread ends before its time, and what the signal says.
 */
export async function* examinedRanges(options: RangesOptions): AsyncGenerator<Packed & { to: number }> {
  const { fd, bytes, name, examine, signal, rangeBytes = usualRangeBytes } = options;
  const rangeOf = (index: number): Range => ({
    from: index * rangeBytes,
    to: Math.min(bytes, (index + 1) * rangeBytes),
  });
  const ranges = Math.ceil(bytes / rangeBytes);
  const count = Math.min(options.threads, ranges);
  const done = new Map<number, Packed>();
  let [taken, told] = [0, 0];
  const isOneLeft = () => taken < ranges && taken < told + aheadOfEach * count;
  let change = expected();
  const fail = (reason: unknown) => change.reject(reason);
  const aborted = () => fail(signal?.reason);

  signal?.throwIfAborted();
  const others = Array.from({ length: count - 1 }, () => ({ worker: takeThread(), given: [] as number[] }));
  const give = () => {
    for (let round = 0; round < givenAtOnce; round++) {
      for (const { worker, given } of others) {
        if (given.length > round || !isOneLeft()) continue;
        given.push(taken);
        worker.postMessage(rangeOf(taken++));
      }
    }
  };

  try {
    signal?.addEventListener('abort', aborted, { once: true });
    // Threads begin while it is read.
    const vocabulary = vocabularyTables(examine.encoding ?? usualEncoding);
    for (const { worker, given } of others) {
      worker.on('error', (cause) => fail(lost(name, cause)));
      worker.on('exit', () => fail(lost(name)));
      // Answers come in the order of the questions.
      worker.on('message', (answer: Told) => {
        const index = given.shift() as number;
        if ('unreadable' in answer) return fail(sourceError(name, { code: answer.unreadable }));
        done.set(index, answer.packed);
        change.resolve();
      });
      worker.postMessage({ fd, options: examine, vocabulary } satisfies Task);
    }
    give();
    const examineHere = examiner(examine);
    while (told < ranges) {
      signal?.throwIfAborted();
      give();
      const packed = done.get(told);
      if (packed) {
        done.delete(told);
        yield { ...packed, to: rangeOf(told).to };
        told += 1;
        if (packed.stopped) return;
      } else if (isOneLeft()) {
        const index = taken++;
        done.set(
          index,
          readHere(name, () => examineRange(fd, rangeOf(index), examineHere)),
        );
        // Lets in what the others have to say.
        await setImmediate();
      } else {
        await change.promise;
        change = expected();
      }
    }
  } finally {
    signal?.removeEventListener('abort', aborted);
    const whole = told === ranges;
    await Promise.all(others.map(async ({ worker }) => await (whole ? keepThread(worker) : worker.terminate())));
  }
}

function readHere<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : sourceError(name, error);
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
