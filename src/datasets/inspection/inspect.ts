import { availableParallelism } from 'node:os';
import { linesOf, type OpenLines, openLines, type ReadOptions } from '../reading/source.ts';
import { type ExamineOptions, examiner } from './examine.ts';
import { type ExampleCounts, type Inspection, type Tally, type TallyOptions, tally } from './tally.ts';
import { unpack } from './threads/pack.ts';
import { examinedRanges } from './threads/ranges.ts';

/** Less than so much takes no longer than starting threads does. */
const fewBytes = 16 * 1024 * 1024;
/** Each has its own tables and its own heap. */
const usualMostThreads = 4;
const mostThreads = 64;

export interface InspectOptions extends ReadOptions, ExamineOptions, Omit<TallyOptions, 'onExample'> {
  /** Is handed the counts of the examples without errors, in their order and some at a time, and waited for. */
  onCounts?: ((counts: ExampleCounts[]) => Promise<void>) | undefined;
  /** 1 is the caller's own, 64 the most. Up to 4, as there are cores, for a large file when absent; a compressed one has 1. */
  threads?: number | undefined;
}

/**
 * Reads a data set and tells everything that is wrong with it, and its size, in bounded memory whatever the file; the same
 * in however many threads. Throws `source_missing`, `source_unreadable`, `invalid_data` for an empty file, and `internal` where
 * a thread ends before its time.
 */
export async function inspectDataset(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const file = await openLines(path, options.name);
  const { onCounts } = options;
  let counted: ExampleCounts[] = [];
  const all = tally(onCounts ? { ...options, onExample: (counts) => counted.push(counts) } : options);
  const handOver = async () => {
    const counts = counted;
    counted = [];
    if (counts.length > 0) await onCounts?.(counts);
  };
  try {
    const threads = file.packed ? 1 : Math.min(mostThreads, options.threads ?? usualThreads(file.bytes));
    const bytes = await (threads === 1
      ? inOneThread(file, all, options, handOver)
      : inThreads(file, all, options, threads, handOver));
    return all.result(bytes);
  } finally {
    await file.handle.close();
  }
}

function usualThreads(bytes: number): number {
  return bytes < fewBytes ? 1 : Math.min(usualMostThreads, availableParallelism());
}

/** Answers how many bytes the file has, or holds where it is compressed. */
async function inOneThread(
  file: OpenLines,
  all: Tally,
  options: InspectOptions,
  handOver: () => Promise<void>,
): Promise<number> {
  const { examine, part } = examiner(options);
  let end = 0;
  for await (const list of linesOf(file, options)) {
    for (const found of list) all.add(examine(found));
    const last = list.at(-1);
    if (last && 'line' in last) end = last.line.offset + last.line.length;
    await handOver();
  }
  all.addPart(part());
  return file.packed ? end : file.bytes;
}

async function inThreads(
  file: OpenLines,
  all: Tally,
  options: InspectOptions,
  threads: number,
  handOver: () => Promise<void>,
): Promise<number> {
  const { handle, bytes, name } = file;
  const { method, fields, encoding, without, grader, images, maxTokensPerExample, signal, onProgress } = options;
  const examine: ExamineOptions = { method, fields, encoding, without, grader, images, maxTokensPerExample };
  let lines = 0;
  for await (const range of examinedRanges({ fd: handle.fd, bytes, name, threads, examine, signal })) {
    unpack(range, lines, all);
    lines += range.lines;
    await handOver();
    onProgress?.(range.to, bytes);
  }
  return bytes;
}
